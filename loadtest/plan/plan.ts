/** A load run as it will be made: every option resolved and checked once, here. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { check } from "./check.ts";
import { AUTO_PROCESSES, DEFAULTS, type Settings } from "./fields.ts";
import type { LoadGroupPlan, Path } from "./load-group.ts";
import { isLoopback4, pathsFrom } from "./paths.ts";
import type { Activity, Scenario } from "./scenario.ts";
import { scenarioNamed } from "./scenarios.ts";

/** Everything a run needs; plain data, so that it can be sent to the workers. */
export interface Plan extends Settings {
	readonly scenario: string;
	/** The scenario's file, absolute, and its text; empty for one of the swarm's own. */
	readonly scenarioFile: string;
	readonly scenarioCode: string;
	readonly activity: Activity;
	readonly paths: readonly Path[];
	readonly groups: readonly LoadGroupPlan[];
	/** Names this run on this machine to the target's other clients: rooms and messages carry it. */
	readonly runId: string;
	/** Seconds of one slot, and which load group each slot measures. */
	readonly slot: number;
	readonly order: readonly number[];
}

/** What a caller may give: a target (`url` or `paths`), a scenario or its name, and any setting. */
export type PlanOptions = Partial<Settings> & {
	url?: string;
	paths?: string | readonly Path[];
	scenario?: string | Scenario;
};

/** The heap of more clients takes too long to collect: each collection would delay messages (README.md, "Accuracy"). */
const CLIENTS_PER_PROCESS = 2500;
/** Above this a process would be too busy to time its messages (`npm run swarm -- calibrate`). */
const MESSAGES_PER_SECOND_PER_PROCESS = 8000;

/** Source addresses used on loopback: one has 28,000 ports to a target and no more. */
export const LOOPBACK_SOURCES = Array.from({ length: 250 }, (_, i) => `127.0.0.${i + 1}`);

/** Seconds a slot should last; slots are longer or shorter to fill the duration evenly. */
const TYPICAL_SLOT_S = 5;

/** Resolves options to a plan. Throws a UsageError that names the flag, the value and the fix. */
export function planFrom({ url, paths: given, scenario: named = "echo", ...options }: PlanOptions): Plan {
	const scenario = typeof named === "string" ? scenarioNamed(named) : named;
	const settings = { ...DEFAULTS, ...scenario.settings, ...options };
	const paths = pathsFrom(url, given);
	check(settings, scenario, paths);
	const groups = settings.transports.flatMap((transport) => paths.map((path) => ({ transport, path })));
	return {
		...settings,
		sources: sourcesFor(settings.sources, paths),
		scenario: scenario.name,
		scenarioFile: scenario.file ?? "",
		scenarioCode: scenario.file === undefined ? "" : readFileSync(scenario.file, "utf8"),
		activity: scenario.activity,
		paths,
		groups,
		processes: processesFor(settings, scenario.activity, groups.length),
		runId: newRunId(),
		...slotsFor(groups.length, settings.duration),
	};
}

/** Short, because messages carry it; two runs on one target are alike once in four thousand million. */
export function newRunId(): string {
	return randomBytes(4).toString("hex");
}

/** The same run without some of its load groups. */
export function withGroups(plan: Plan, groups: readonly LoadGroupPlan[]): Plan {
	const transports = plan.transports.filter((one) => groups.some(({ transport }) => transport === one));
	return { ...plan, groups, transports, ...slotsFor(groups.length, plan.duration) };
}

function sourcesFor(sources: readonly string[], paths: readonly Path[]): readonly string[] {
	const local = paths.every(({ urls }) => urls.every(isLoopback4));
	return sources.flatMap((source) => {
		if (source === "loopback") return local ? LOOPBACK_SOURCES : [];
		return source === "none" ? [] : source;
	});
}

function processesFor(
	{ processes, clients, rate, machine }: Settings,
	activity: Activity,
	groups: number,
): number {
	if (processes !== AUTO_PROCESSES) return processes;
	const forClients = Math.ceil((clients * groups) / machine.of / CLIENTS_PER_PROCESS);
	const forRate = Math.ceil(rate / machine.of / MESSAGES_PER_SECOND_PER_PROCESS);
	const least = activity === "fanout" ? 2 : 1;
	return Math.max(least, Math.min(availableParallelism(), Math.max(forClients, forRate)));
}

/** Sessions whose connection phases are measured, one load group after the other. */
export interface PhaseRound {
	readonly group: number;
	readonly sessions: number;
}

/** Two rounds in opposite directions, for the same reason as slots. A ramp measures phases under its load. */
export function phaseRounds({ phaseSessions, activity, groups }: Plan): PhaseRound[] {
	if (activity === "ramp") return [];
	const numbers = groups.map((_, group) => group);
	const first = numbers.map((group) => ({ group, sessions: Math.ceil(phaseSessions / 2) }));
	const second = numbers.map((group) => ({ group, sessions: Math.floor(phaseSessions / 2) })).reverse();
	return [...first, ...second].filter(({ sessions }) => sessions > 0);
}

/**
 * How `duration` seconds of measurement are divided: slots of equal length, an even number of rounds. Only one load
 * group sends at a time, and rounds alternate in direction (A B B A), so that a drift of the machine affects all alike.
 */
export function slotsFor(groups: number, duration: number): { slot: number; order: number[] } {
	if (groups === 1) return { slot: duration, order: [0] };
	const rounds = Math.max(2, 2 * Math.round(duration / (groups * TYPICAL_SLOT_S * 2)));
	const forward = Array.from({ length: groups }, (_, i) => i);
	const backward = [...forward].reverse();
	const order = Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? forward : backward)).flat();
	return { slot: duration / order.length, order };
}
