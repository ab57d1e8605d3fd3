/** The comparison for other programs: JSON and JUnit XML. */
import { budgetJson } from "../report/budgets/table.ts";
import { budgetChecks, type Check, junit } from "../report/junit.ts";
import { QUANTILES, quantileText } from "../report/values/quantile.ts";
import type { Comparison } from "./comparison.ts";

/** Verdict with reason and next step, rows (milliseconds; ratio = new ÷ base), and budgets. */
export function comparisonJson(comparison: Comparison): string {
	const { overall, metric, margin, sections, budgets, doubts, candidate, base } = comparison;
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
		budgets: budgets.map(budgetJson),
		doubts,
	};
	return `${JSON.stringify(report, null, "\t")}\n`;
}

/** One test case per primary metric and budget: fails by the gate, is skipped where nothing could be decided. */
export function comparisonJunit({ gate, overall, sections, budgets }: Comparison): string {
	const validity: Check = { suite: "validity", name: "the runs are valid" };
	if (overall.verdict === "invalid") validity.failure = overall.reason;
	const metrics = sections.flatMap((section) =>
		section.rows.flatMap((row): Check[] => {
			if (row.finding === null) return [];
			const { verdict, reason, next } = row.finding;
			const name = `${row.name} ${quantileText(QUANTILES[row.quantile])}`;
			const check: Check = { suite: section.title, name };
			const message = `${verdict}: ${reason} ${next}`;
			if (gate && verdict === "worse") return [{ ...check, failure: message }];
			return verdict === "unclear" || verdict === "indicative" ? [{ ...check, skipped: message }] : [check];
		}),
	);
	return junit("sticky-edge compare", [validity, ...metrics, ...budgetChecks(budgets)]);
}
