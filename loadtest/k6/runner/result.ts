/** Converts a k6 run to the result that report and compare read. */
import { randomUUID } from "node:crypto";
import { isLoopback, masked } from "../../plan/paths.ts";
import { digestOf } from "../../plan/stored-plan.ts";
import { environmentOf } from "../../record/environment.ts";
import { type PlanRecord, RESULT_KIND, RESULT_VERSION, type Result } from "../../record/result.ts";
import { doubtsAbout, validity } from "../../record/validity.ts";
import { ownThresholds } from "../script/options.ts";
import type { Settings } from "../script/settings.ts";
import { k6Doubts } from "./doubts.ts";
import type { RunOptions } from "./flags.ts";
import type { K6End } from "./process.ts";
import type { Samples } from "./samples.ts";
import { generatorWindows } from "./self-check.ts";

/** The clocks behind the times, for readers of the result. */
const CLOCK = "k6: MessageEvent.timestamp and request timings, sends by the run duration (ns), one host";

/** A k6 run that has ended. */
export interface FinishedRun {
	readonly options: Pick<RunOptions, "settings" | "path">;
	readonly samples: Samples;
	readonly end: K6End;
	/** ISO 8601. */
	readonly startedAt: string;
	readonly k6Version: string;
	readonly interrupted: boolean;
}

/** Assembles the result. Pure, except for the description of the machine and a random id. */
export function resultOf(finished: FinishedRun): Result {
	const { options, samples, end, startedAt, k6Version, interrupted } = finished;
	const { settings, path } = options;
	const { transport } = settings;
	const group = samples.tally.toGroup({ transport, path: path.name, seconds: samples.seconds });
	const environment = environmentOf("k6", path.urls.every(isLoopback), CLOCK);
	const { checks: seconds, start, seconds: measured } = samples;
	const generator = generatorWindows(
		{ seconds, start, measured, cpu: end.cpu, cpus: environment.cpus },
		group,
	);
	const run = { tool: environment.tool, plan: planOf(finished) };
	const doubts = [...k6Doubts(samples, settings, end.code, run), ...doubtsAbout(run, [group], generator)];
	const crossed = crossedThresholds(end.crossed, settings);
	const id = randomUUID();
	return {
		kind: RESULT_KIND,
		version: RESULT_VERSION,
		id,
		startedAt,
		series: { id, index: 1, of: 1 },
		environment: { ...environment, versions: { k6: k6Version, node: process.versions.node } },
		plan: run.plan,
		groups: [group],
		generator,
		validity: validity(doubts),
		...(crossed.length > 0 && { crossedThresholds: crossed }),
		interrupted,
	};
}

/** Leaves out auth, headers and query, which may hold secrets. */
function planOf({ options: { settings, path }, samples, end }: FinishedRun): PlanRecord {
	const { clients, rate, duration, warmup, payload, ackTimeout, maxLoss, event } = settings;
	return {
		scenario: settings.scenario,
		transports: [settings.transport],
		paths: [{ name: path.name, urls: path.urls.map(masked) }],
		clients,
		rate,
		duration,
		slot: duration,
		warmup,
		payload,
		seed: settings.seed,
		arrivals: "uniform",
		grain: 0,
		ackTimeout,
		maxLoss,
		event,
		processes: 1,
		extra: { ...extraOf(settings), k6ExitCode: end.code, loopLagUs: lagOf(samples) },
	};
}

function extraOf(settings: Settings): Record<string, unknown> {
	const { namespace, socketPath, binary, connectRate, connectTimeout, insecure, tlsMin } = settings;
	const { ackP95Ms, loopLagP95Ms, ackedShare, connectedShare, message, args } = settings;
	return {
		...(message !== "" && { message: digestOf(message) }),
		...(args !== "" && { args: digestOf(args) }),
		namespace,
		socketPath,
		binary,
		connectRate,
		connectTimeout,
		insecure,
		tlsMin,
		thresholds: { ackP95Ms, loopLagP95Ms, ackedShare, connectedShare },
	};
}

/** The crossed thresholds that the user has set; what k6's own rules find is in the counts and in the validity. */
function crossedThresholds(crossed: readonly string[], settings: Settings): string[] {
	return Object.entries(ownThresholds(settings)).flatMap(([metric, rules]) =>
		crossed.includes(metric) ? rules.map((rule) => `${metric.replace(/\{.*/, "")} ${rule}`) : [],
	);
}

function lagOf({ loopLag }: Samples): Record<string, number> | null {
	if (loopLag.count === 0) return null;
	return {
		p50: loopLag.quantile(0.5),
		p95: loopLag.quantile(0.95),
		p99: loopLag.quantile(0.99),
		max: loopLag.max,
	};
}
