/** When a result should not be trusted: the thresholds, and the doubts raised by figures beyond them. Pure functions. */
import type { Activity } from "../plan/scenario.ts";
import { activityOf, cutsSessions, storedIn } from "../plan/stored-plan.ts";
import { type Doubt, type DoubtedRun, doubt } from "./doubts.ts";
import type { Flag, GeneratorWindow, Group, Result } from "./result.ts";
import { driftOf, pointsOf } from "./steady.ts";
import { MAX_LATE_SHARE, TOLERATED_DELAY_US } from "./taint.ts";

/** Share of tainted seconds above which a run is invalid, if they are at least 3 or half of all. */
const MAX_TAINTED_SHARE = 0.05;
const MIN_TAINTED_SECONDS = 3;
const MAX_UNOPENED_SHARE = 0.01;
/** Share of a crowd's sessions that may begin to open late. Of fewer sessions than a crowd, one pause makes many late. */
const MAX_LATE_OPENING_SHARE = 0.25;
const MIN_CROWD = 50;
const MIN_SENT_SHARE = 0.95;
/** Errors of sessions that might have opened with more time; k6's lack the prefix. */
const TIMEOUT = /^(open_)?(timeout|upgrade_timeout|connect_timeout|no_ack)$/;
const MAX_LOST_SESSIONS_SHARE = 0.05;
const MAX_DRIFT_SHARE = 0.1;
/** Event-loop utilisation up to which an even load does not delay itself. */
const MAX_IDLE_ELU = 0.3;
/** |z| that a steady run exceeds once in a hundred times. */
const CHANCE_Z = 2.58;

/** Whether the doubts leave the run valid, as a result file holds it. */
export function validity(flags: Flag[]): Result["validity"] {
	return { valid: flags.every(({ severity }) => severity !== "invalid"), flags };
}

/** How far a result can be trusted. A run that was stopped early is doubtful: it covers only the time until then. */
export type Trust = "valid" | "doubtful" | "invalid";

/** Reads a result's doubts, also those of other versions. */
export function trustOf({
	validity: { valid, flags },
	interrupted,
}: Pick<Result, "validity" | "interrupted">): Trust {
	if (!valid || flags.some(({ severity }) => severity === "invalid")) return "invalid";
	return interrupted || flags.some(({ severity }) => severity === "warning") ? "doubtful" : "valid";
}

/** All doubts about what was measured. */
export function doubtsAbout(
	run: DoubtedRun,
	groups: readonly Group[],
	generator: readonly GeneratorWindow[],
	opening: readonly GeneratorWindow[] = [],
): Doubt[] {
	return [
		...openingDoubts(run, opening),
		...silenceDoubts(run, groups, generator),
		...generatorDoubts(run, generator),
		...resourceDoubts(run, groups),
		...groups.flatMap((group) => [
			...sessionDoubts(run, group),
			...messageDoubts(run, group),
			...driftDoubts(run, group),
		]),
	];
}

/**
 * Opening is not what is measured: it leaves the run valid. In a small run a pause of 20 ms makes some sessions late,
 * which the table of opening times says. The doubt is for what opening more slowly would mend: a crowd.
 */
function openingDoubts(run: DoubtedRun, opening: readonly GeneratorWindow[]): Doubt[] {
	const { late, due } = sendsOf(opening);
	const isCrowd = due >= MIN_CROWD && late > due * MAX_LATE_OPENING_SHARE;
	return isCrowd ? [doubt(run, "opening_busy", "info", { late, due })] : [];
}

function sendsOf(windows: readonly GeneratorWindow[]): { late: number; due: number } {
	const sum = (field: "late" | "due") => windows.reduce((total, window) => total + window[field], 0);
	return { late: sum("late"), due: sum("due") };
}

function generatorDoubts(run: DoubtedRun, generator: readonly GeneratorWindow[]): Doubt[] {
	const seconds = generator.length;
	const tainted = generator.filter((window) => window.tainted);
	const many = tainted.length >= MIN_TAINTED_SECONDS || tainted.length / seconds >= 0.5;
	const isInvalid = tainted.length / seconds > MAX_TAINTED_SHARE && many;
	// Of k6 the windows have the CPU, not the event loop.
	const paused = run.tool === "k6" ? [] : tainted.filter((window) => isPaused(run, window));
	const kinds = [
		["generator_busy", tainted.filter((window) => !paused.includes(window))],
		["generator_paused", paused],
	] as const;
	return kinds.flatMap(([code, windows]) => {
		if (windows.length === 0) return [];
		const worst = (field: "elu" | "loopDelayP99") => Math.max(...windows.map((window) => window[field]));
		const facts = {
			...{ tainted: windows.length, seconds, ...sendsOf(windows) },
			...{ elu: worst("elu"), delayUs: worst("loopDelayP99") },
		};
		return [doubt(run, code, isInvalid ? "invalid" : "warning", facts)];
	});
}

/**
 * Whether something else stopped the generator: it was behind although its loop was idle most of that second. Where
 * sessions open or messages arrive in bursts, a loop that is idle on average may still have been behind by its own work.
 */
function isPaused({ plan }: DoubtedRun, window: GeneratorWindow): boolean {
	const { elu, loopDelayP99, gcPause, late, due } = window;
	const isBehind = loopDelayP99 > TOLERATED_DELAY_US || late > due * MAX_LATE_SHARE;
	const isEven = ["echo", "idle", "flow", "listen"].includes(activityOf(plan)) && !cutsSessions(plan);
	const ownWork = isEven ? elu > MAX_IDLE_ELU : elu * 1e6 >= loopDelayP99;
	return isBehind && !ownWork && gcPause <= Math.max(loopDelayP99, TOLERATED_DELAY_US) / 2;
}

/** A generator that could not check itself once a second was busier than any figure shows. */
function silenceDoubts(
	run: DoubtedRun,
	groups: readonly Group[],
	generator: readonly GeneratorWindow[],
): Doubt[] {
	const seconds = groups.reduce((sum, group) => sum + group.seconds, 0);
	if (generator.length >= Math.floor(seconds / 2)) return [];
	return [doubt(run, "generator_silent", "invalid", { reports: generator.length, seconds })];
}

/** Errors of this machine, not of the target. */
function resourceDoubts(run: DoubtedRun, groups: readonly Group[]): Doubt[] {
	const errors = groups.flatMap((group) => Object.entries(group.errors));
	const timesOf = (word: string) =>
		errors.filter(([kind]) => kind.endsWith(word)).reduce((sum, [, count]) => sum + count, 0);
	const kinds = [
		["out_of_files", timesOf("too_many_files")],
		["out_of_ports", timesOf("no_free_port")],
	] as const;
	return kinds.flatMap(([code, times]) => (times > 0 ? [doubt(run, code, "invalid", { times })] : []));
}

function sessionDoubts(run: DoubtedRun, { transport, path, counts, errors }: Group): Doubt[] {
	const { sessionsTried: tried, sessionsOpen: open, sessionsLost: lost } = counts;
	const group = `${transport} ${path}`;
	if (tried > 0 && open === 0) return [doubt(run, "nothing_connected", "invalid", { group, tried })];
	const doubts: Doubt[] = [];
	if (open < tried * (1 - MAX_UNOPENED_SHARE)) {
		const timedOut = Object.entries(errors)
			.filter(([kind]) => TIMEOUT.test(kind))
			.reduce((sum, [, times]) => sum + times, 0);
		doubts.push(doubt(run, "sessions_missing", "warning", { group, open, tried, timedOut }));
	}
	if (lost > 0 && !cutsSessions(run.plan)) {
		const severity = lost > open * MAX_LOST_SESSIONS_SHARE ? "invalid" : "warning";
		doubts.push(doubt(run, "sessions_lost", severity, { group, lost, open }));
	}
	return doubts;
}

function messageDoubts(run: DoubtedRun, { transport, path, counts, errors }: Group): Doubt[] {
	const { due, sent, received, lost, doubled, sessionsOpen, sessionsLost } = counts;
	const group = `${transport} ${path}`;
	const activity = activityOf(run.plan);
	const doubts: Doubt[] = [];
	if (sessionsOpen > 0 && sent < due * MIN_SENT_SHARE) {
		const busy = activity === "flow" ? { busy: errors["no_free_client"] ?? 0 } : {};
		const severity = cutsSessions(run.plan) ? "info" : "invalid";
		doubts.push(doubt(run, "not_sent", severity, { group, sent, due, sessionsLost, ...busy }));
	}
	const unnumbered = errors["no_sequence_number"] ?? 0;
	if (unnumbered > 0) {
		const event = String(storedIn(run.plan, "hear"));
		doubts.push(doubt(run, "no_sequence", "invalid", { group, times: unnumbered, event }));
	}
	const unmatched = errors["answers_unmatched"] ?? 0;
	if (unmatched > 0) {
		const event = String(storedIn(run.plan, "ack"));
		doubts.push(doubt(run, "answers_unmatched", "invalid", { group, times: unmatched, event }));
	}
	const { lossCode, doubledCode } = codesOf(activity);
	if (lost > 0) doubts.push(doubt(run, lossCode, "warning", { group, lost, sent }));
	if (doubled > 0) doubts.push(doubt(run, doubledCode, "warning", { group, doubled, received }));
	return doubts;
}

/** Flows and events get lost and doubled in ways of their own. */
function codesOf(activity: Activity) {
	if (activity === "listen") return { lossCode: "events_lost", doubledCode: "events_doubled" } as const;
	const lossCode = activity === "flow" ? "flows_failed" : "messages_lost";
	return { lossCode, doubledCode: "messages_doubled" } as const;
}

/** No single figure describes a p50 that rises or falls throughout the run. */
function driftDoubts(run: DoubtedRun, { transport, path, metrics }: Group): Doubt[] {
	if (cutsSessions(run.plan)) return [];
	const drift = driftOf(pointsOf(metrics.ack?.windows ?? [], 0.5));
	if (drift === null || Math.abs(drift.share) < MAX_DRIFT_SHARE || Math.abs(drift.z) < CHANCE_Z) return [];
	return [doubt(run, "unsteady", "info", { group: `${transport} ${path}`, share: drift.share })];
}
