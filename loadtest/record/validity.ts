/** When a result should not be believed, as a closed list of doubts. */
import type { Flag, GeneratorWindow, Group } from "./result.ts";

/** Shares above which a doubt is raised. */
const MOST_TAINTED = 0.05;
const MOST_UNOPENED = 0.01;
const LEAST_SENT = 0.95;

/** All doubts about what was measured. Pure. */
export function doubts(groups: readonly Group[], generator: readonly GeneratorWindow[]): Flag[] {
	return [...generatorDoubts(generator), ...groups.flatMap(groupDoubts)];
}

function generatorDoubts(generator: readonly GeneratorWindow[]): Flag[] {
	const tainted = generator.filter((window) => window.tainted).length;
	if (tainted === 0) return [];
	const share = tainted / generator.length;
	const worst = Math.max(...generator.map((window) => window.elu));
	return [
		{
			code: "generator_busy",
			severity: share > MOST_TAINTED ? "invalid" : "warning",
			message: `the generator was too busy in ${tainted} of ${generator.length} s (event loop ${(worst * 100).toFixed(0)} % at worst): it measured itself`,
			advice: "lower --rate or --clients, add --processes or a machine, and see `swarm calibrate`",
		},
	];
}

function groupDoubts(group: Group): Flag[] {
	const { counts } = group;
	const name = `${group.transport} ${group.path}`;
	const flags: Flag[] = [];
	if (counts.sessionsTried > 0 && counts.sessionsOpen === 0)
		flags.push({
			code: "nothing_connected",
			severity: "invalid",
			message: `${name}: none of ${counts.sessionsTried} sessions could be opened`,
			advice: "see the group's errors",
		});
	else if (counts.sessionsOpen < counts.sessionsTried * (1 - MOST_UNOPENED))
		flags.push({
			code: "sessions_missing",
			severity: "warning",
			message: `${name}: ${counts.sessionsOpen} of ${counts.sessionsTried} sessions opened`,
			advice: "see the group's errors; lower --connect-rate",
		});
	if (counts.sessionsOpen > 0 && counts.due > 0 && counts.sent < counts.due * LEAST_SENT)
		flags.push({
			code: "not_sent",
			severity: "invalid",
			message: `${name}: ${counts.sent} of ${counts.due} messages could be sent`,
			advice: "sessions were missing when messages were due; see the group's errors",
		});
	if (counts.sent > 0 && counts.lost > 0)
		flags.push({
			code: "messages_lost",
			severity: "warning",
			message: `${name}: ${counts.lost} of ${counts.sent} messages were never acknowledged`,
			advice: "they stand in the tail at the time limit; see the group's errors",
		});
	return flags;
}
