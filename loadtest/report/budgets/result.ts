/** What became of a budget, and how its figures are written. */
import type { Metric } from "../../record/result.ts";
import { counted, showAddedMs, showCount, showMs, showNearShare, showShare } from "../values/number.ts";
import type { Budget } from "./budget.ts";

export type BudgetVerdict = "met" | "missed" | "unclear";

/** A measured value with its interval, in the budget's unit. An end beyond all values is infinite. */
export interface Estimate {
	estimate: number;
	low: number;
	high: number;
}

/** A budget, what was measured, and the verdict. `indicative`: too few runs for the verdict to bind. */
export interface BudgetResult {
	budget: Budget;
	verdict: BudgetVerdict;
	indicative: boolean;
	measured: Estimate | null;
	reason: string;
	/** On one run: how many messages it had, and how many would decide what is unclear (null = no number would). */
	sample?: { total: number; needed: number | null };
}

/** A value in the budget's unit. */
export function showValue({ measure, added }: Budget, value: number): string {
	if (measure === "loss") return showShare(value);
	if (measure === "share") return showNearShare(value);
	if (!Number.isFinite(value)) return "no answer";
	return `${added ? showAddedMs(value) : showMs(value)} ms`;
}

/** `3.90 ms to 4.31 ms`; an end beyond all values is left out. */
export function showInterval(budget: Budget, { low, high }: Estimate): string {
	const [least, most] = [low, high].map((value) =>
		Number.isFinite(value) ? showValue(budget, value) : undefined,
	);
	if (least !== undefined && most !== undefined) return `${least} to ${most}`;
	if (least !== undefined) return `${least} or more`;
	return most === undefined ? "any value" : `${most} or less`;
}

/** `300 messages; about 1,900 would decide` */
export function needText({ metric }: Budget, total: number, needed: number | null): string {
	const have = counted(total, countedBy(metric));
	return needed === null
		? `${have}; too close to the limit for any number to decide`
		: `${have}; about ${showCount(needed)} would decide`;
}

/** What a metric has one value of. */
function countedBy(metric: Metric): string {
	if (metric === "ack" || metric === "ack_service") return "message";
	if (metric === "gap") return "gap";
	if (metric.startsWith("step:")) return "step";
	return metric.startsWith("fanout_") ? "broadcast" : "session";
}
