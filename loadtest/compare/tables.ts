/** The comparison's tables: rows with ratio and interval, and budgets. */
import { counted, NOT_AVAILABLE, showAddedMs, showMs } from "../report/number.ts";
import { left, right, type Table } from "../report/table.ts";
import type { Comparison, Section } from "./assemble.ts";
import type { ComparisonRow } from "./comparison.ts";
import type { Outcome } from "./outcome.ts";
import type { Interval } from "./shift.ts";
import { VERDICTS, type Verdict } from "./verdict.ts";

/** Each word with a sign of its own, so that no colour is needed to tell them apart. */
export const SIGNS: Record<Verdict, string> = {
	better: "▲ better",
	worse: "▼ worse",
	same: "= same",
	unclear: "? unclear",
	indicative: "~ indicative",
	invalid: "✕ invalid",
};

/** One table per section, then the budgets. */
export function tablesOf(comparison: Comparison): Table[] {
	const sections = comparison.sections.map((section) => sectionTable(section, comparison));
	return comparison.outcomes.length > 0 ? [...sections, budgetTable(comparison.outcomes)] : sections;
}

/** Rows of one section; the primary metrics carry their verdict. */
export function sectionTable(section: Section, comparison: Comparison): Table {
	const what = comparison.metric === "ack" ? "response time" : comparison.metric;
	const runs = runsText(comparison);
	const tested = section.rows.some((row) => row.finding !== null);
	return {
		caption: `${section.title}: ${what}, milliseconds, ${runs}`,
		columns: [
			left("what"),
			left("quantile"),
			right(section.baseName),
			right(section.candidateName),
			right("ratio"),
			right("95 % interval"),
			right("difference"),
			right("95 % interval"),
			right("p"),
			left("verdict"),
		],
		cells: section.rows.map(cellsOf),
		notes: [
			...(tested
				? [
						"Only rows with a verdict are tested (exact Mann-Whitney on runs, Holm over them); the others are for reading.",
					]
				: []),
			...(comparison.candidate.length < 5
				? ["Intervals by drawing whole seconds anew: they cannot see what differs from run to run."]
				: []),
		],
	};
}

/** The budgets with what was measured. */
export function budgetTable(outcomes: readonly Outcome[]): Table {
	return {
		caption: "Budgets",
		columns: [left("budget"), left("verdict"), left("reason")],
		cells: outcomes.map(({ budget, word, indicative, reason }) => {
			const sign = { met: "= met", missed: "▼ missed", unclear: "? unclear" }[word];
			return [budget.text, indicative ? `${sign} (indicative)` : sign, reason];
		}),
		notes: [],
	};
}

/** How many runs stand on each side. */
export function runsText({ candidate, base }: Comparison): string {
	if (base.length === 0) return counted(candidate.length, "run");
	return `${candidate.length} against ${counted(base.length, "run")}`;
}

/** A quantile's name as people write it. */
export function quantileText(row: ComparisonRow): string {
	return row.quantile === "p999" ? "p99.9" : row.quantile;
}

/** A p value: two figures, and never nought. */
export function showP(p: number | null): string {
	if (p === null) return "";
	return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** A verdict's sign by its word. */
export function signOf(word: string): string {
	const verdict = VERDICTS.find((each) => each === word);
	return verdict === undefined ? word : SIGNS[verdict];
}

function cellsOf(row: ComparisonRow): string[] {
	return [
		row.name,
		quantileText(row),
		showMs(row.base),
		showMs(row.candidate),
		row.ratio === null ? NOT_AVAILABLE : row.ratio.estimate.toFixed(2),
		between(row.ratio, (value) => value.toFixed(2)),
		showAddedMs(row.added?.estimate ?? null),
		between(row.added, showAddedMs),
		showP(row.adjustedP),
		row.finding === null ? "" : SIGNS[row.finding.verdict],
	];
}

function between(interval: Interval | null, show: (value: number) => string): string {
	return interval === null ? "" : `${show(interval.low)} … ${show(interval.high)}`;
}
