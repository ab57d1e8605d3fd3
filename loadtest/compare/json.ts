/** The comparison as JSON, for scripts. */
import type { Comparison } from "./assemble.ts";

/** Verdict with reason and next step, rows (milliseconds; ratio = new ÷ base), budgets. */
export function comparisonJson(comparison: Comparison): string {
	const { overall, metric, margin, sections, outcomes, doubts, candidate, base } = comparison;
	const report = {
		kind: "sticky-edge/comparison",
		version: 1,
		...overall,
		metric,
		margin,
		runs: { candidate: candidate.map((run) => run.result.id), base: base.map((run) => run.result.id) },
		rows: sections.flatMap(({ title, candidateName, baseName, rows }) =>
			rows.map((row) => ({ section: title, candidateName, baseName, ...row })),
		),
		budgets: outcomes.map(({ budget, ...outcome }) => ({ ...budget, ...outcome })),
		doubts,
	};
	return `${JSON.stringify(report, null, "\t")}\n`;
}
