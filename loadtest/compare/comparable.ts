/** Whether runs can be compared at all, and reasons to doubt the comparison. */
import { UsageError } from "../../worker/command-line/command.ts";
import { differenceOf, hasUnknownMessage } from "../plan/alike.ts";
import type { Result } from "../record/result.ts";
import type { NamedResult } from "../report/readable.ts";
import { validityOf } from "../report/validity.ts";
import { counted } from "../report/values/number.ts";
import { LEAST_RUNS } from "./statistics/holm.ts";

/** Throws a UsageError that names the field and both files when two runs followed different plans. */
export function checkPlans(runs: readonly NamedResult[]): void {
	const [first, ...others] = runs;
	if (first === undefined) return;
	for (const other of others) {
		const difference = differenceOf(first.result.plan, other.result.plan, "compare");
		if (difference === undefined) continue;
		const { field, values } = difference;
		const both = `${values[0]} in ${first.name}, ${values[1]} in ${other.name}`;
		throw new UsageError(
			`plan.${field} differs (${both}): compare runs of one plan, so make one side again.`,
		);
	}
}

/** Throws a UsageError when one side holds a run twice: a copy is not a second measurement. */
export function checkDistinct(side: readonly NamedResult[]): void {
	const ids = side.map((run) => run.result.id);
	const copy = side.find((run, at) => ids.indexOf(run.result.id) < at);
	if (copy === undefined) return;
	const first = side[ids.indexOf(copy.result.id)];
	throw new UsageError(`${copy.name} is the same run as ${first?.name}: give each run once.`);
}

/**
 * Throws a UsageError when there are too few runs to test and one of them has no seconds to resample, like the
 * runs in a comparison page.
 */
export function checkSeconds(candidate: readonly NamedResult[], base: readonly NamedResult[]): void {
	if (Math.min(candidate.length, base.length) >= LEAST_RUNS) return;
	const bare = [...candidate, ...base].find(({ result }) =>
		result.groups.some((group) =>
			Object.values(group.metrics).some(
				(metric) => metric.histogram.count > 0 && metric.windows.length === 0,
			),
		),
	);
	if (bare === undefined) return;
	const fix = `give ${LEAST_RUNS} runs a side, or its result file instead`;
	throw new UsageError(
		`${bare.name} has no per-second data, which a comparison of so few runs needs: ${fix}.`,
	);
}

/** Why runs are invalid, one sentence each; empty when all are valid. */
export function invalidRuns(runs: readonly NamedResult[]): string[] {
	return runs.flatMap(({ name, result }) => {
		const { trust, sentence } = validityOf(result);
		return trust === "invalid" ? [`${name}: ${sentence}`] : [];
	});
}

/** `apart`: different runs; `equal`: the same runs on both sides. Throws a UsageError for a partial overlap. */
export function overlap(candidate: readonly NamedResult[], base: readonly NamedResult[]): "apart" | "equal" {
	const ids = new Set(base.map((run) => run.result.id));
	const common = candidate.filter((run) => ids.has(run.result.id));
	if (common.length === 0) return "apart";
	if (common.length === candidate.length && ids.size === new Set(candidate.map((run) => run.result.id)).size)
		return "equal";
	throw new UsageError(`${common[0]?.name} is on both sides: give each run to one side only.`);
}

/** Whether the runs of both sides took turns: at least as many changes of side as the smaller side has runs, minus one. */
export function interleaved(candidate: readonly Result[], base: readonly Result[]): boolean {
	const order = [
		...candidate.map((run) => ({ run, side: 0 })),
		...base.map((run) => ({ run, side: 1 })),
	].sort((a, b) => Date.parse(a.run.startedAt) - Date.parse(b.run.startedAt));
	const changes = order.filter((each, at) => at > 0 && each.side !== order[at - 1]?.side).length;
	return changes >= Math.min(candidate.length, base.length) - 1 && changes >= 2;
}

/** Why the runs cannot support a verdict, or undefined when they can. `blocksAccepted`: --blocks was given. */
export function shortOf(
	candidate: readonly Result[],
	base: readonly Result[],
	blocksAccepted: boolean,
): string | undefined {
	const least = Math.min(candidate.length, base.length);
	if (least < LEAST_RUNS) {
		if (candidate.length === base.length)
			return `${counted(least, "run")} per side, but a verdict needs ${LEAST_RUNS}`;
		return `${candidate.length} against ${counted(base.length, "run")}, but a verdict needs ${LEAST_RUNS} per side`;
	}
	if (!blocksAccepted && !interleaved(candidate, base))
		return "the sides ran one after the other, so drift of the machine would look like a difference (--blocks accepts that)";
	return undefined;
}

/** Reasons to doubt the comparison: different machines, tools or durations, and doubtful runs. */
export function doubtsOf(runs: readonly NamedResult[]): string[] {
	const doubts: string[] = [];
	const differs = (what: string, of: (run: Result) => string | number) => {
		const values = [...new Set(runs.map((run) => of(run.result)))];
		if (values.length > 1) doubts.push(`Not all runs have the same ${what}: ${values.join(", ")}.`);
	};
	differs("tool", (run) => run.environment.tool);
	differs("processor", (run) => `${run.environment.cpu} × ${run.environment.cpus}`);
	differs("duration", (run) => run.plan.duration);
	const older = runs.find(({ result }) => hasUnknownMessage(result.plan));
	if (older !== undefined)
		doubts.push(
			`${older.name}, made by an older version, does not say which --message was sent: the runs may have sent different ones.`,
		);
	for (const { name, result } of runs) {
		const { trust, sentence } = validityOf(result);
		if (trust === "doubtful") doubts.push(`${name}: ${sentence}`);
	}
	return doubts;
}
