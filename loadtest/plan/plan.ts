/** A load run as it will be made: every option resolved and checked once, here. */
import { availableParallelism } from "node:os";
import type { PlanRecord, Transport } from "../record/result.ts";
import { check } from "./check.ts";
import { isLoopback4, type Path, pathsFrom } from "./paths.ts";
import { type Activity, type Scenario, scenarioNamed } from "./scenario.ts";
import { AUTO, type Settings, USUAL } from "./settings.ts";
import { slotsFor } from "./slots.ts";

/** One transport on one path. */
export interface GroupPlan {
	readonly transport: Transport;
	readonly path: Path;
}

/** Everything a run needs; plain data, so that it can be sent to the workers. */
export interface Plan extends Settings {
	readonly scenario: string;
	readonly activity: Activity;
	readonly paths: readonly Path[];
	readonly groups: readonly GroupPlan[];
	/** Seconds of one slot, and which group each slot measures. */
	readonly slot: number;
	readonly order: readonly number[];
}

/** What a caller may give: a target (`url` or `paths`), a scenario or its name, and any setting. */
export type PlanOptions = Partial<Settings> & {
	url?: string;
	paths?: string | readonly Path[];
	scenario?: string | Scenario;
};

/** Above these one process would measure itself (README, `calibrate`). */
const CLIENTS_PER_PROCESS = 5000;
const RATE_PER_PROCESS = 8000;

/**
 * Messages a second from which they leave in groups, and milliseconds between these. A coarser grid is cheaper, but a
 * group's messages wait for each other: 20 ms at 200 a second put p50 1.3 ms beside a known server's log.
 */
const GROUPED = 200;
const GRAIN = 5;

/** Resolves options to a plan. Throws a UsageError that names the flag, the value and the cure. */
export function planFrom({ url, paths: given, scenario: named = "echo", ...options }: PlanOptions): Plan {
	const scenario = typeof named === "string" ? scenarioNamed(named) : named;
	const settings = { ...USUAL, ...scenario.settings, ...options };
	const paths = pathsFrom(url, given);
	check(settings, scenario, paths);
	const groups = settings.transports.flatMap((transport) => paths.map((path) => ({ transport, path })));
	return {
		...settings,
		grain: grainFor(settings, scenario.activity),
		sources: sourcesFor(settings.sources, paths),
		scenario: scenario.name,
		activity: scenario.activity,
		paths,
		groups,
		processes: settings.processes || processesFor(settings, scenario.activity, groups.length),
		...slotsFor(groups.length, settings.duration),
	};
}

/** On loopback clients come from 250 addresses: one has 28,000 ports to a target and no more. */
function sourcesFor(sources: readonly string[], paths: readonly Path[]): readonly string[] {
	return sources.flatMap((source) => {
		if (source !== "loopback") return source === "none" ? [] : source;
		if (!paths.every(({ urls }) => urls.every(isLoopback4))) return [];
		return Array.from({ length: 250 }, (_, i) => `127.0.0.${i + 1}`);
	});
}

/** Many messages leave in groups: a wake-up for each would be most of what they cost. Only `echo` sends many. */
function grainFor({ grain, rate }: Settings, activity: Activity): number {
	if (activity !== "echo") return 0;
	if (grain !== AUTO) return grain;
	return rate < GROUPED ? 0 : GRAIN;
}

function processesFor(settings: Settings, activity: Activity, groups: number): number {
	const forClients = Math.ceil((settings.clients * groups) / CLIENTS_PER_PROCESS);
	const forRate = Math.ceil(settings.rate / RATE_PER_PROCESS);
	const least = activity === "fanout" ? 2 : 1;
	return Math.max(least, Math.min(availableParallelism(), Math.max(forClients, forRate)));
}

/** What may hold a secret stands in a result by name only. */
const SECRET = ["auth", "query", "headers", "pathHeaders", "message"] as const;

/** Settings that stand in a result's plan under their own names. */
const NAMED = [
	"transports",
	"clients",
	"rate",
	"duration",
	"warmup",
	"payload",
	"seed",
	"arrivals",
	"grain",
	"ackTimeout",
	"event",
	"processes",
];

/** The plan as a result keeps it. */
export function recordOf(plan: Plan): PlanRecord {
	const usual = USUAL as unknown as Record<string, unknown>;
	const extra = Object.entries(plan).filter(
		([key, value]) =>
			Object.hasOwn(usual, key) &&
			!NAMED.includes(key) &&
			JSON.stringify(value) !== JSON.stringify(usual[key]),
	);
	return {
		scenario: plan.scenario,
		transports: [...plan.transports],
		paths: plan.paths.map(({ name, urls }) => ({ name, urls: [...urls] })),
		clients: plan.clients,
		rate: plan.rate,
		duration: plan.slot * plan.order.length,
		slot: plan.slot,
		warmup: plan.warmup,
		payload: plan.payload,
		seed: plan.seed,
		arrivals: plan.arrivals,
		grain: plan.grain,
		ackTimeout: plan.ackTimeout,
		event: plan.event,
		processes: plan.processes,
		extra: Object.fromEntries(extra.map(([key, value]) => [key, shown(key, value)])),
	};
}

function shown(key: string, value: unknown): unknown {
	if (key === "sources") return `${(value as string[]).length} addresses`;
	if (!(SECRET as readonly string[]).includes(key)) return value;
	return typeof value === "string" ? "(redacted)" : `${Object.keys(value as object).join(", ")} (redacted)`;
}
