/** The comparison's tables: rows with ratio and interval, and budgets. */
import { budgetTable } from "../report/budgets/table.ts";
import { counted, NOT_AVAILABLE, showAddedMs, showMs } from "../report/values/number.ts";
import { QUANTILES, quantileText } from "../report/values/quantile.ts";
import { left, right, type Table } from "../report/values/table.ts";
import type { Comparison, Section } from "./comparison.ts";
import { hasFewRuns } from "./pairing.ts";
import type { ComparisonRow } from "./rows.ts";
import type { Interval } from "./statistics/shift.ts";
import type { Verdict } from "./verdict.ts";

/** Each verdict with a sign of its own, so that it does not depend on colour. */
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
	return comparison.budgets.length > 0 ? [...sections, budgetTable(comparison.budgets)] : sections;
}

/** Rows of one section; the primary metrics have a verdict. */
function sectionTable(section: Section, comparison: Comparison): Table {
	const metric = comparison.metric === "ack" ? "response time" : comparison.metric;
	const runs = runsText(comparison);
	const tested = section.rows.some((row) => row.adjustedP !== null);
	const shown = section.rows.filter(
		(row) => row.base !== null || row.candidate !== null || row.finding !== null,
	);
	return {
		caption: `${section.title}: ${metric}, milliseconds, ${runs}`,
		columns: [
			left("measurement"),
			left("percentile"),
			right(section.baseName),
			right(section.candidateName),
			right("ratio"),
			right("95 % interval"),
			right("difference"),
			right("95 % interval"),
			right("p"),
			left("verdict"),
		],
		cells: shown.map(cellsOf),
		notes: [
			...(tested
				? [
						"Only rows with a verdict were tested (exact Mann-Whitney on runs, adjusted by Holm); the others are for information.",
					]
				: []),
			...(shown.length < section.rows.length
				? ["Percentiles for which neither side has enough messages are left out."]
				: []),
			...(section.pairs.some(hasFewRuns)
				? ["Intervals by resampling whole seconds, which cannot see what differs from run to run."]
				: []),
		],
	};
}

/** The number of runs on each side. */
export function runsText({ candidate, base }: Comparison): string {
	if (base.length === 0) return counted(candidate.length, "run");
	return `${candidate.length} against ${counted(base.length, "run")}`;
}

function cellsOf(row: ComparisonRow): string[] {
	return [
		row.name,
		quantileText(QUANTILES[row.quantile]),
		showMs(row.base),
		showMs(row.candidate),
		row.ratio === null ? NOT_AVAILABLE : row.ratio.estimate.toFixed(2),
		between(row.ratio, (value) => value.toFixed(2)),
		showAddedMs(row.added?.estimate ?? null),
		between(row.added, showAddedMs),
		pText(row.adjustedP),
		row.finding === null ? "" : SIGNS[row.finding.verdict],
	];
}

function between(interval: Interval | null, show: (value: number) => string): string {
	return interval === null ? "" : `${show(interval.low)} … ${show(interval.high)}`;
}

function pText(p: number | null): string {
	if (p === null) return "";
	return p < 0.001 ? "<0.001" : p.toFixed(3);
}
