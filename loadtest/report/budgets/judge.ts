/**
 * Judges budgets on one run by its own messages: exact binomial intervals (Clopper-Pearson, 95 %) for shares and
 * losses, order statistics for percentiles. Both are one question: p99 is within 5 ms when 99 % of the messages are.
 */
import type { Result } from "../../record/result.ts";
import { QUANTILES } from "../values/quantile.ts";
import { basePath } from "../values/rows.ts";
import { chanceOfAtLeast, shareInterval } from "./binomial.ts";
import type { Budget } from "./budget.ts";
import {
	type BudgetResult,
	type BudgetVerdict,
	type Estimate,
	needText,
	showInterval,
	showValue,
} from "./result.ts";
import { quantileOf, type Sample, sampleOf, type Within, within } from "./sample.ts";

/** The chance that an interval misses the truth. */
const ALPHA = 0.05;
/** A budget that so many messages would leave undecided is too close to its limit. */
const MOST_MESSAGES = 1e8;

/** Judges every budget. One on what the run turned out not to measure is unclear. */
export function judgeRun(budgets: readonly Budget[], result: Result): BudgetResult[] {
	return budgets.map((budget) => {
		const sample = sampleOn(budget, budget.path, result);
		if (sample === null) return unmeasured(budget, budget.path);
		if (!budget.added) return judgeSample(budget, sample);
		const path = basePath(result);
		const base = sampleOn(budget, path, result);
		return base === null ? unmeasured(budget, path) : judgeAdded(budget, sample, base);
	});
}

function sampleOn(budget: Budget, path: string, { groups, plan }: Result): Sample | null {
	const group = groups.find((each) => each.transport === budget.transport && each.path === path);
	const sample = group === undefined ? null : sampleOf(group, budget, plan);
	return sample === null || sample.total === 0 ? null : sample;
}

function unmeasured(budget: Budget, path: string): BudgetResult {
	const what = budget.measure === "loss" ? "message" : budget.metric;
	const reason = `the run has no ${what} of ${budget.transport} on ${path}; see its errors`;
	return { budget, verdict: "unclear", indicative: false, measured: null, reason };
}

function judgeSample(budget: Budget, sample: Sample): BudgetResult {
	const { total } = sample;
	const target = targetOf(budget);
	const kept = keptOf(budget, sample);
	const verdict = decide(kept, total, target);
	const needed = verdict === "unclear" ? neededFor(kept, total, target) : null;
	return withReason(budget, verdict, estimateOf(budget, sample, kept), total, needed);
}

/** The share of all that must keep the limit. */
function targetOf({ measure, limit }: Budget): number {
	if (measure === "loss") return 1 - limit;
	return measure === "share" ? limit : QUANTILES[measure];
}

function keptOf(budget: Budget, sample: Sample): Within {
	if (budget.measure === "loss") return { least: sample.answered, most: sample.answered };
	return within(sample, budget.within ?? budget.limit);
}

/** Met when the whole interval keeps the limit, missed when none of it does. */
export function decide({ least, most }: Within, total: number, target: number): BudgetVerdict {
	// "All" is a question about this run only: no number of messages shows that none will ever be lost.
	if (target >= 1) return least === total ? "met" : most < total ? "missed" : "unclear";
	if (chanceOfAtLeast(least, total, target) <= ALPHA / 2) return "met";
	return 1 - chanceOfAtLeast(most + 1, total, target) <= ALPHA / 2 ? "missed" : "unclear";
}

/** How many messages would decide if they came out like these, in two digits; null when no number would. */
export function neededFor({ least, most }: Within, total: number, target: number): number | null {
	const isDecided = (n: number) => {
		const scaled = { least: Math.round((least / total) * n), most: Math.round((most / total) * n) };
		return decide(scaled, n, target) !== "unclear";
	};
	let [undecided, decided] = [total, total * 2];
	while (!isDecided(decided)) {
		if (decided > MOST_MESSAGES) return null;
		[undecided, decided] = [decided, decided * 2];
	}
	while (decided - undecided > 1) {
		const middle = Math.floor((undecided + decided) / 2);
		if (isDecided(middle)) decided = middle;
		else undecided = middle;
	}
	return inTwoDigits(decided);
}

function estimateOf(budget: Budget, sample: Sample, { least, most }: Within): Estimate {
	const { total } = sample;
	if (budget.measure === "loss")
		return { estimate: (total - most) / total, ...shareInterval(total - most, total, ALPHA) };
	if (budget.measure !== "share") return quantileOf(sample, QUANTILES[budget.measure], ALPHA);
	const { low } = shareInterval(least, total, ALPHA);
	return { estimate: least / total, low, high: shareInterval(most, total, ALPHA).high };
}

/**
 * The difference of two percentiles. Each has an interval at 97.5 %, so that both hold together in at least 95 % of
 * all runs, and the difference lies between their ends.
 */
function judgeAdded(budget: Budget, sample: Sample, base: Sample): BudgetResult {
	const [here, there] = [sample, base].map((each) =>
		quantileOf(each, QUANTILES[budget.measure as keyof typeof QUANTILES], ALPHA / 2),
	) as [Estimate, Estimate];
	const measured = {
		estimate: here.estimate - there.estimate,
		low: here.low - there.high,
		high: here.high - there.low,
	};
	const { limit } = budget;
	const verdict = measured.high <= limit ? "met" : measured.low > limit ? "missed" : "unclear";
	const total = Math.min(sample.total, base.total);
	const needed = verdict === "unclear" ? neededForAdded(measured, limit, total) : null;
	return withReason(budget, verdict, measured, total, needed);
}

/** An interval shrinks with the root of the number of messages. */
function neededForAdded({ estimate, low, high }: Estimate, limit: number, total: number): number | null {
	const side = estimate <= limit ? high - estimate : estimate - low;
	const needed = total * (side / Math.abs(limit - estimate)) ** 2;
	if (Number.isNaN(needed)) return null;
	// Without an end there is no width to go by: four times as many may have one.
	const many = Number.isFinite(side) ? needed : total * 4;
	return many > MOST_MESSAGES ? null : inTwoDigits(many);
}

function withReason(
	budget: Budget,
	verdict: BudgetVerdict,
	measured: Estimate,
	total: number,
	needed: number | null,
): BudgetResult {
	const interval = `95 % interval ${showInterval(budget, measured)}`;
	const figures = `measured ${showValue(budget, measured.estimate)}, ${interval}`;
	const isUnclear = verdict === "unclear";
	const reason = isUnclear ? `${figures}; ${needText(budget, total, needed)}` : figures;
	return { budget, verdict, indicative: false, measured, reason, sample: { total, needed } };
}

/** Rounded up, so that it is enough. */
function inTwoDigits(value: number): number {
	const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
	return Math.ceil(value / step) * step;
}
