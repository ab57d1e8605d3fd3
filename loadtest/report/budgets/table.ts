/** Judged budgets for people and for programs. */
import { left, type Table } from "../values/table.ts";
import type { BudgetResult, BudgetVerdict } from "./result.ts";

/** Each verdict with a sign of its own, so that it does not depend on colour. */
const SIGNS: Readonly<Record<BudgetVerdict, string>> = {
	met: "= met",
	missed: "▼ missed",
	unclear: "? unclear",
};

/** Each budget with its verdict and the measured value. */
export function budgetTable(results: readonly BudgetResult[]): Table {
	return {
		caption: "Budgets",
		columns: [left("budget"), left("verdict"), left("reason")],
		cells: results.map(({ budget, verdict, indicative, reason }) => [
			budget.text,
			indicative ? `${SIGNS[verdict]} (indicative)` : SIGNS[verdict],
			reason,
		]),
		notes: [],
	};
}

/** As JSON; an end of an interval beyond all values is null. */
export function budgetJson({ budget, verdict, indicative, measured, reason }: BudgetResult) {
	// `word` is the earlier name of `verdict`, still sent.
	return { ...budget, verdict, word: verdict, indicative, measured, reason };
}

/** Which budgets are missed and which are undecided, one sentence each; empty when all are met. */
export function unmetSentences(results: readonly BudgetResult[]): string[] {
	const of = (verdict: BudgetVerdict) => results.filter((each) => each.verdict === verdict);
	return [
		...of("missed").map(({ budget, reason }) => `Budget missed: ${budget.text} (${reason}).`),
		...of("unclear").map(({ budget, reason }) => `Budget undecided: ${budget.text} (${reason}).`),
	];
}
