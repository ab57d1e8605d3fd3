/** Whether several runs keep a budget: met, missed or unclear. The unit is the run. */
import { UsageError } from "../../worker/command-line/command.ts";
import type { Group, Result } from "../record/result.ts";
import type { Budget } from "../report/budgets/budget.ts";
import { type BudgetResult, type BudgetVerdict, showValue } from "../report/budgets/result.ts";
import { sampleOf, within } from "../report/budgets/sample.ts";
import { QUANTILES, quantileMs } from "../report/values/quantile.ts";
import { basePath } from "../report/values/rows.ts";
import { LEAST_RUNS } from "./statistics/holm.ts";
import { type Interval, medianInterval, shiftOf } from "./statistics/shift.ts";

/** Judges one budget. Throws a UsageError when its transport or path was not measured. */
export function checkBudget(budget: Budget, runs: readonly Result[]): BudgetResult {
	const measured = budget.added ? addedLatency(budget, runs) : valueOnPath(budget, runs);
	const indicative = runs.length < LEAST_RUNS;
	if (measured === null) {
		const isMeasured = runs.some(
			(run) => groupOf(budget, run, budget.path).metrics[budget.metric] !== undefined,
		);
		const reason = isMeasured
			? "A run has too few samples for this quantile: make longer runs."
			: `The runs have no ${budget.metric} of ${budget.transport} on ${budget.path}: see their errors.`;
		return { budget, verdict: "unclear", indicative, measured, reason };
	}
	const show = (value: number) => showValue(budget, value);
	const interval = runs.length > 1 ? ` (${show(measured.low)} to ${show(measured.high)})` : "";
	const runsNote = indicative ? `; indicative: ${runs.length} of ${LEAST_RUNS} runs` : "";
	return {
		budget,
		verdict: verdictFor(measured, budget.limit, budget.measure === "share" ? "least" : "most"),
		indicative,
		measured,
		reason: `measured ${show(measured.estimate)}${interval}, limit ${show(budget.limit)}${runsNote}`,
	};
}

/**
 * Met when the whole interval is within the limit, missed when none of it is, unclear in between. The limit is the
 * most that is allowed, or the least.
 */
export function verdictFor(
	{ low, high }: Pick<Interval, "low" | "high">,
	limit: number,
	allowed: "most" | "least" = "most",
): BudgetVerdict {
	if (allowed === "least") return low >= limit ? "met" : high < limit ? "missed" : "unclear";
	if (high <= limit) return "met";
	return low > limit ? "missed" : "unclear";
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
	const values = runs.map((run) => valueIn(budget, groupOf(budget, run, path), run));
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

function valueIn(budget: Budget, group: Group, { plan }: Result): number | null {
	if (budget.measure === "loss")
		return group.counts.sent === 0 ? null : group.counts.lost / group.counts.sent;
	if (budget.measure === "share") {
		const sample = sampleOf(group, budget, plan);
		if (sample === null || sample.total === 0) return null;
		return within(sample, budget.within ?? 0).least / sample.total;
	}
	const histogram = group.metrics[budget.metric]?.histogram;
	return histogram === undefined ? null : quantileMs(histogram, QUANTILES[budget.measure]);
}
