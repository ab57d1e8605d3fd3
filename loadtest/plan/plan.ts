/** A load run as it will be made: every option resolved and checked once, here. */
import { availableParallelism } from "node:os";
import { UsageError } from "../../worker/selfhost/command.ts";
import type { PlanRecord, Transport } from "../record/result.ts";
import { type Path, parsePaths, targetUrl } from "./paths.ts";
import type { Activity } from "./scenario.ts";
import { echo } from "./scenarios/echo.ts";
import { type Settings, USUAL } from "./settings.ts";
import { slotsFor } from "./slots.ts";

/** One transport on one path. */
export interface GroupPlan {
	readonly transport: Transport;
	readonly path: Path;
}

export interface Plan extends Settings {
	readonly scenario: string;
	readonly activity: Activity;
	readonly paths: readonly Path[];
	readonly groups: readonly GroupPlan[];
	/** Seconds of one slot, and which group each slot measures. */
	readonly slot: number;
	readonly order: readonly number[];
}

/** What a caller may give: a target (`url` or `paths`), a scenario's name, and any setting. */
export type PlanOptions = Partial<Settings> & {
	url?: string;
	paths?: string | readonly Path[];
	scenario?: string;
};

const SCENARIOS = { echo };

/** Above this many clients or messages a second one process would measure itself (see `calibrate`). */
const CLIENTS_PER_PROCESS = 5000;
const RATE_PER_PROCESS = 8000;

/** Resolves options to a plan. Throws a UsageError that names the flag, the value and the cure. */
export function planFrom({ url, paths: given, scenario: name = "echo", ...options }: PlanOptions): Plan {
	const scenario = SCENARIOS[name as keyof typeof SCENARIOS];
	if (scenario === undefined)
		throw new UsageError(`--scenario ${name}: there is ${Object.keys(SCENARIOS).join(", ")}.`);
	const settings = { ...USUAL, ...scenario.settings, ...options };
	const paths = pathsFrom(url, given);
	const groups = settings.transports.flatMap((transport) => paths.map((path) => ({ transport, path })));
	check(settings);
	const processes = settings.processes || processesFor(settings, groups.length);
	const slots = slotsFor(groups.length, settings.duration);
	return {
		...settings,
		scenario: scenario.name,
		activity: scenario.activity,
		paths,
		groups,
		processes,
		...slots,
	};
}

function pathsFrom(url: string | undefined, given: string | readonly Path[] | undefined): readonly Path[] {
	if (url !== undefined && given !== undefined)
		throw new UsageError("URL and --paths are both given: give one of them.");
	if (url !== undefined) return [{ name: "target", urls: [targetUrl(url, "URL")] }];
	if (typeof given === "string") return parsePaths(given);
	if (given === undefined || given.length === 0)
		throw new UsageError("no target: give a URL, or --paths direct=URL,edge=URL.");
	return given;
}

function processesFor(settings: Settings, groups: number): number {
	const forClients = Math.ceil((settings.clients * groups) / CLIENTS_PER_PROCESS);
	const forRate = Math.ceil(settings.rate / RATE_PER_PROCESS);
	return Math.min(availableParallelism(), Math.max(1, forClients, forRate));
}

function check(settings: Settings): void {
	if (new Set(settings.transports).size !== settings.transports.length)
		throw new UsageError(`--transports ${settings.transports.join(",")}: one is named twice.`);
	if (settings.transports.length === 0) throw new UsageError("--transports: name at least one.");
	if (!(settings.rate > 0)) throw new UsageError(`--rate ${settings.rate}: give messages a second above 0.`);
	if (!(settings.duration > 0))
		throw new UsageError(`--duration ${settings.duration}: give seconds above 0.`);
}

/** The plan as a result keeps it. */
export function recordOf(plan: Plan): PlanRecord {
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
		ackTimeout: plan.ackTimeout,
		event: plan.event,
		processes: plan.processes,
		extra: {
			probe: plan.probe,
			connectRate: plan.connectRate,
			connectTimeout: plan.connectTimeout,
			insecure: plan.insecure,
		},
	};
}
