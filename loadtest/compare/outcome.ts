/** Whether a budget was kept: pure, from runs to met, missed or unclear. */
import { UsageError } from "../../worker/command-line/command.ts";
import type { Group, Result } from "../record/result.ts";
import { showAddedMs, showMs, showShare } from "../report/number.ts";
import { QUANTILES, quantileMs } from "../report/quantile.ts";
import { basePath } from "../report/rows.ts";
import type { Budget } from "./budget.ts";
import { LEAST_RUNS } from "./holm.ts";
import { type Interval, medianInterval, shiftOf } from "./shift.ts";

export type BudgetWord = "met" | "missed" | "unclear";

/** A budget, what was measured, and the word. `indicative`: too few runs for it to bind. */
export interface Outcome {
	budget: Budget;
	word: BudgetWord;
	indicative: boolean;
	measured: Interval | null;
	reason: string;
}

/** Judges every budget. Throws a UsageError for one whose transport or path was not measured. */
export function outcomesOf(budgets: readonly Budget[], runs: readonly Result[]): Outcome[] {
	return budgets.map((budget) => outcomeOf(budget, runs));
}

/** Met when the whole interval keeps the limit, missed when all of it breaks it, unclear between. */
export function outcomeOf(budget: Budget, runs: readonly Result[]): Outcome {
	const measured = budget.added ? addedBy(budget, runs) : onPath(budget, runs);
	const indicative = runs.length < LEAST_RUNS;
	if (measured === null) {
		const reason = "A run has too few samples for this quantile: make longer runs.";
		return { budget, word: "unclear", indicative, measured, reason };
	}
	const word = wordFor(measured, budget.limit);
	const show = (value: number) => showLike(budget, value);
	const spread = runs.length > 1 ? ` (${show(measured.low)} to ${show(measured.high)})` : "";
	const runsNote = indicative ? `; indicative: ${runs.length} of ${LEAST_RUNS} runs` : "";
	const reason = `measured ${show(measured.estimate)}${spread}, limit ${show(budget.limit)}${runsNote}`;
	return { budget, word, indicative, measured, reason };
}

/** The word for an interval against an upper limit. */
export function wordFor(measured: Interval, limit: number): BudgetWord {
	if (measured.high <= limit) return "met";
	return measured.low > limit ? "missed" : "unclear";
}

function onPath(budget: Budget, runs: readonly Result[]): Interval | null {
	const values = valuesOn(budget, runs, budget.path);
	return values === null ? null : medianInterval(values);
}

function addedBy(budget: Budget, runs: readonly Result[]): Interval | null {
	const [first] = runs;
	const base = first === undefined ? "" : basePath(first);
	const values = valuesOn(budget, runs, budget.path);
	const from = valuesOn(budget, runs, base);
	return values === null || from === null ? null : shiftOf(values, from);
}

function valuesOn(budget: Budget, runs: readonly Result[], path: string): number[] | null {
	const values = runs.map((run) => measureOf(budget, groupOf(budget, run, path)));
	const supported = values.filter((value) => value !== null);
	return supported.length === values.length ? supported : null;
}

function groupOf(budget: Budget, run: Result, path: string): Group {
	const group = run.groups.find((each) => each.transport === budget.transport && each.path === path);
	if (group !== undefined) return group;
	const measured = run.groups.map((each) => `${each.transport} ${each.path}`).join(", ");
	throw new UsageError(
		`Budget "${budget.text}": ${budget.transport} on ${path} was not measured; the runs have ${measured}.`,
	);
}

function measureOf(budget: Budget, group: Group): number | null {
	if (budget.measure === "loss")
		return group.counts.sent === 0 ? null : group.counts.lost / group.counts.sent;
	const histogram = group.metrics[budget.metric]?.histogram;
	return histogram === undefined ? null : quantileMs(histogram, QUANTILES[budget.measure]);
}

function showLike(budget: Budget, value: number): string {
	if (budget.measure === "loss") return showShare(value);
	return `${budget.added ? showAddedMs(value) : showMs(value)} ms`;
}
