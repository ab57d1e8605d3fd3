/** When a result should not be believed, as a closed list of doubts. */
import { Histogram } from "./histogram.ts";
import type { Flag, GeneratorWindow, Group } from "./result.ts";
import { driftOf } from "./steady.ts";

/** Share of tainted seconds, with at least 3 of them or half of all, that voids a run. */
const MOST_TAINTED = 0.05;
const MOST_UNOPENED = 0.01;
const LEAST_SENT = 0.95;
const MOST_LOST_SESSIONS = 0.05;
const MOST_DRIFT = 0.1;

/** What a plan asked for that is no fault: `cuts` where the scenario itself takes sessions away. */
export interface Expectations {
	readonly cuts: boolean;
}

/** All doubts about what was measured. Pure. */
export function doubts(
	groups: readonly Group[],
	generator: readonly GeneratorWindow[],
	{ cuts }: Expectations = { cuts: false },
): Flag[] {
	return [
		...silenceDoubts(groups, generator),
		...generatorDoubts(generator),
		...resourceDoubts(groups),
		...groups.flatMap((group) => [
			...sessionDoubts(group, cuts),
			...messageDoubts(group, cuts),
			...(cuts ? [] : driftDoubts(group)),
		]),
	];
}

function generatorDoubts(generator: readonly GeneratorWindow[]): Flag[] {
	const tainted = generator.filter((window) => window.tainted).length;
	if (tainted === 0) return [];
	const share = tainted / generator.length;
	const worst = (field: "elu" | "loopDelayP99") => Math.max(...generator.map((window) => window[field]));
	const busy = `event loop ${(worst("elu") * 100).toFixed(0)} % busy and ${(worst("loopDelayP99") / 1000).toFixed(0)} ms behind at worst`;
	const isVoid = share > MOST_TAINTED && (tainted >= 3 || share >= 0.5);
	return [
		{
			code: "generator_busy",
			severity: isVoid ? "invalid" : "warning",
			message: `in ${tainted} of ${generator.length} s the generator measured itself (${busy})`,
			advice:
				"lower --rate or --clients, add --processes or a machine, quiet the neighbours; `swarm -- calibrate` tells what this machine can",
		},
	];
}

/** A generator that had no time to look at itself once a second was busier than any figure says. */
function silenceDoubts(groups: readonly Group[], generator: readonly GeneratorWindow[]): Flag[] {
	const seconds = groups.reduce((sum, group) => sum + group.seconds, 0);
	if (generator.length >= Math.floor(seconds / 2)) return [];
	return [
		{
			code: "generator_silent",
			severity: "invalid",
			message: `the generator reported on itself in ${generator.length} of ${seconds.toFixed(0)} s`,
			advice: "it was far too busy: lower --rate or --clients, add --processes or a machine",
		},
	];
}

/** Errors that are this machine's, not the target's. */
function resourceDoubts(groups: readonly Group[]): Flag[] {
	const times = (word: string) =>
		groups
			.flatMap(({ errors }) => Object.entries(errors))
			.filter(([kind]) => kind.endsWith(word))
			.reduce((sum, [, count]) => sum + count, 0);
	const flags: Flag[] = [];
	const add = (code: string, count: number, what: string, advice: string) => {
		if (count > 0) flags.push({ code, severity: "invalid", message: `${what} ${count} times`, advice });
	};
	add(
		"out_of_files",
		times("too_many_files"),
		"the generator ran out of file descriptors",
		"raise `ulimit -n`, or add --processes",
	);
	add(
		"out_of_ports",
		times("no_free_port"),
		"the generator ran out of ports",
		"add --sources or target addresses",
	);
	return flags;
}

function sessionDoubts(group: Group, cuts: boolean): Flag[] {
	const { sessionsTried, sessionsOpen, sessionsLost } = group.counts;
	const name = nameOf(group);
	const advice = "see the group's errors; a lower --connect-rate may help";
	if (sessionsTried > 0 && sessionsOpen === 0)
		return [
			{
				code: "nothing_connected",
				severity: "invalid",
				message: `${name}: none of ${sessionsTried} sessions opened`,
				advice,
			},
		];
	const flags: Flag[] = [];
	if (sessionsOpen < sessionsTried * (1 - MOST_UNOPENED))
		flags.push({
			code: "sessions_missing",
			severity: "warning",
			message: `${name}: ${sessionsOpen} of ${sessionsTried} sessions opened`,
			advice,
		});
	if (sessionsLost > 0 && !cuts)
		flags.push({
			code: "sessions_lost",
			severity: sessionsLost > sessionsOpen * MOST_LOST_SESSIONS ? "invalid" : "warning",
			message: `${name}: ${sessionsLost} of ${sessionsOpen} sessions were lost`,
			advice: "the target or the way to it failed; see the group's errors",
		});
	return flags;
}

function messageDoubts(group: Group, cuts: boolean): Flag[] {
	const { due, sent, received, lost, doubled, sessionsOpen } = group.counts;
	const name = nameOf(group);
	const flags: Flag[] = [];
	if (sessionsOpen > 0 && sent < due * LEAST_SENT)
		flags.push({
			code: "not_sent",
			severity: cuts ? "info" : "invalid",
			message: `${name}: ${sent} of ${due} messages could be sent`,
			advice: "sessions were away when messages were due",
		});
	if (lost > 0)
		flags.push({
			code: "messages_lost",
			severity: "warning",
			message: `${name}: ${lost} of ${sent} messages were never answered`,
			advice: "they stand in the tail at the time limit; see the group's errors",
		});
	if (doubled > 0)
		flags.push({
			code: "messages_doubled",
			severity: "warning",
			message: `${name}: ${doubled} answers came twice (${received} once)`,
			advice: "the target answers twice, or two listeners do",
		});
	return flags;
}

/** A p50 that rises or falls all along is no single figure. */
function driftDoubts(group: Group): Flag[] {
	const windows = group.metrics.ack?.windows ?? [];
	const points = windows.map(({ second, histogram }) => ({
		second,
		value: Histogram.fromRecord(histogram).quantile(0.5),
	}));
	const drift = driftOf(points);
	if (drift === null || Math.abs(drift.share) < MOST_DRIFT || Math.abs(drift.z) < 2.58) return [];
	const way = drift.share > 0 ? "rose" : "fell";
	return [
		{
			code: "unsteady",
			severity: "info",
			message: `${nameOf(group)}: p50 ${way} by ${Math.abs(drift.share * 100).toFixed(0)} % over the run`,
			advice: "give a longer --warmup, or look at the course over time",
		},
	];
}

function nameOf(group: Group): string {
	return `${group.transport} ${group.path}`;
}
