/** Whether runs keep a budget: met, missed or unclear. */
import { UsageError } from "../../worker/command-line/command.ts";
import type { Group, Result } from "../record/result.ts";
import { showAddedMs, showMs, showShare } from "../report/values/number.ts";
import { QUANTILES, quantileMs } from "../report/values/quantile.ts";
import { basePath } from "../report/values/rows.ts";
import type { Budget } from "./budget.ts";
import { LEAST_RUNS } from "./statistics/holm.ts";
import { type Interval, medianInterval, shiftOf } from "./statistics/shift.ts";

export type BudgetVerdict = "met" | "missed" | "unclear";

/** A budget, what was measured, and the verdict. `indicative`: too few runs for the verdict to bind. */
export interface BudgetResult {
	budget: Budget;
	verdict: BudgetVerdict;
	indicative: boolean;
	measured: Interval | null;
	reason: string;
}

/** Judges one budget. Throws a UsageError when its transport or path was not measured. */
export function checkBudget(budget: Budget, runs: readonly Result[]): BudgetResult {
	const measured = budget.added ? addedLatency(budget, runs) : valueOnPath(budget, runs);
	const indicative = runs.length < LEAST_RUNS;
	if (measured === null) {
		const reason = "A run has too few samples for this quantile: make longer runs.";
		return { budget, verdict: "unclear", indicative, measured, reason };
	}
	const show = (value: number) => showValue(budget, value);
	const interval = runs.length > 1 ? ` (${show(measured.low)} to ${show(measured.high)})` : "";
	const runsNote = indicative ? `; indicative: ${runs.length} of ${LEAST_RUNS} runs` : "";
	return {
		budget,
		verdict: verdictFor(measured, budget.limit),
		indicative,
		measured,
		reason: `measured ${show(measured.estimate)}${interval}, limit ${show(budget.limit)}${runsNote}`,
	};
}

/** Met when the whole interval is within the limit, missed when none of it is, unclear in between. */
export function verdictFor(measured: Interval, limit: number): BudgetVerdict {
	if (measured.high <= limit) return "met";
	return measured.low > limit ? "missed" : "unclear";
}

function valueOnPath(budget: Budget, runs: readonly Result[]): Interval | null {
	const values = valuesOn(budget, runs, budget.path);
	return values === null ? null : medianInterval(values);
}

function addedLatency(budget: Budget, runs: readonly Result[]): Interval | null {
	const [first] = runs;
	const base = first === undefined ? "" : basePath(first);
	const values = valuesOn(budget, runs, budget.path);
	const baseValues = valuesOn(budget, runs, base);
	return values === null || baseValues === null ? null : shiftOf(values, baseValues);
}

function valuesOn(budget: Budget, runs: readonly Result[], path: string): number[] | null {
	const values = runs.map((run) => valueIn(budget, groupOf(budget, run, path)));
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

function valueIn(budget: Budget, group: Group): number | null {
	if (budget.measure === "loss")
		return group.counts.sent === 0 ? null : group.counts.lost / group.counts.sent;
	const histogram = group.metrics[budget.metric]?.histogram;
	return histogram === undefined ? null : quantileMs(histogram, QUANTILES[budget.measure]);
}

function showValue(budget: Budget, value: number): string {
	if (budget.measure === "loss") return showShare(value);
	return `${budget.added ? showAddedMs(value) : showMs(value)} ms`;
}
