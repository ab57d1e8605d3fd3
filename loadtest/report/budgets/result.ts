/** What became of a budget, and how its figures are written. */
import { showAddedMs, showMs, showNearShare, showShare } from "../values/number.ts";
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
}

/** A value in the budget's unit. */
export function showValue({ measure, added }: Budget, value: number): string {
	if (measure === "loss") return showShare(value);
	if (measure === "share") return showNearShare(value);
	if (!Number.isFinite(value)) return "no limit";
	return `${added ? showAddedMs(value) : showMs(value)} ms`;
}

/** `4.07 ms (3.90 ms to 4.31 ms)` */
export function showMeasured(budget: Budget, { estimate, low, high }: Estimate): string {
	const [middle, least, most] = [estimate, low, high].map((value) => showValue(budget, value));
	return `${middle} (95 % interval ${least} to ${most})`;
}
