/** The comparison as JUnit XML: one test case for each primary metric and budget. */
import { type Check, junit } from "../report/junit.ts";
import type { Comparison } from "./assemble.ts";
import { quantileText } from "./tables.ts";

/** Worse and missed fail (where they are a gate); what cannot be decided is skipped, with its reason. */
export function comparisonJunit(comparison: Comparison): string {
	const { gate, overall, sections, outcomes } = comparison;
	const valid: Check = { suite: "validity", name: "the runs can be believed" };
	if (overall.verdict === "invalid") valid.failure = overall.reason;
	const rows = sections.flatMap((section) =>
		section.rows.flatMap((row): Check[] => {
			if (row.finding === null) return [];
			const { verdict, reason, next } = row.finding;
			const check: Check = { suite: section.title, name: `${row.name} ${quantileText(row)}` };
			const words = `${verdict}: ${reason} ${next}`;
			if (gate && verdict === "worse") return [{ ...check, failure: words }];
			return verdict === "unclear" || verdict === "indicative" ? [{ ...check, skipped: words }] : [check];
		}),
	);
	const budgets = outcomes.map(({ budget, word, indicative, reason }): Check => {
		const check: Check = { suite: "budgets", name: budget.text };
		if (word === "met" && !indicative) return check;
		return word === "missed" && !indicative ? { ...check, failure: reason } : { ...check, skipped: reason };
	});
	return junit("sticky-edge compare", [valid, ...rows, ...budgets]);
}
