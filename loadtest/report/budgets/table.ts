/** Judged budgets for people and for programs. */
import { NOT_AVAILABLE } from "../values/number.ts";
import { left, right, type Table } from "../values/table.ts";
import { type BudgetResult, type BudgetVerdict, needText, showInterval, showValue } from "./result.ts";

/** Each verdict with a sign of its own, so that it does not depend on colour. */
const SIGNS: Readonly<Record<BudgetVerdict, string>> = {
	met: "= met",
	missed: "▼ missed",
	unclear: "? unclear",
};

/** Each budget with its verdict and the reason: of several runs. */
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

/** Each budget with its verdict and the measured value: of one run. */
export function runBudgetTable(results: readonly BudgetResult[]): Table {
	return {
		caption: "Budgets",
		columns: [
			left("budget"),
			left("verdict"),
			right("measured"),
			right("95 % interval"),
			left("what would decide"),
		],
		cells: results.map(({ budget, verdict, measured, sample }) => [
			budget.text,
			SIGNS[verdict],
			measured === null ? NOT_AVAILABLE : showValue(budget, measured.estimate),
			measured === null ? NOT_AVAILABLE : showInterval(budget, measured),
			verdict === "unclear" && sample !== undefined ? needText(budget, sample.total, sample.needed) : "",
		]),
		notes: ["The interval is that of this run's own messages. It cannot see what differs from run to run."],
	};
}

/** As JSON; an end of an interval beyond all values is null. */
export function budgetJson({ budget, ...judged }: BudgetResult) {
	// `word` is the earlier name of `verdict`, still sent.
	return { ...budget, ...judged, word: judged.verdict };
}

/** Which budgets are missed and which are undecided, one sentence each; empty when all are met. */
export function unmetSentences(results: readonly BudgetResult[]): string[] {
	const of = (verdict: BudgetVerdict) => results.filter((each) => each.verdict === verdict);
	return [
		...of("missed").map(({ budget, reason }) => `Budget missed: ${budget.text}: ${reason}.`),
		...of("unclear").map(({ budget, reason }) => `Budget undecided: ${budget.text}: ${reason}.`),
	];
}
