/** The comparison for a terminal, and as the Markdown body of a pull-request comment. */
import { markdownTable, textTable } from "../report/values/table.ts";
import type { Comparison } from "./comparison.ts";
import { reasonsOf } from "./overall.ts";
import { LEAST_RUNS } from "./statistics/holm.ts";
import { SIGNS, tablesOf } from "./tables.ts";
import { marginText, type Verdict } from "./verdict.ts";

/** Marks the comment on GitHub, so that the next one replaces it. */
export const COMMENT_MARK = "<!-- sticky-edge compare -->";

const EMOJI: Record<Verdict, string> = {
	better: "🟢",
	worse: "🔴",
	same: "⚪",
	unclear: "🟡",
	indicative: "🟡",
	invalid: "⛔",
};

/** Plain text, verdict first. */
export function comparisonText(comparison: Comparison): string {
	const head = [
		`${SIGNS[comparison.overall.verdict]}. ${verdictSentence(comparison)}`,
		...reasonLines(comparison).map((reason) => `  ${reason}`),
		...followUp(comparison),
	];
	return `${[head.join("\n"), ...tablesOf(comparison).map(textTable)].join("\n\n")}\n`;
}

/** GitHub-flavoured Markdown, verdict first, under the mark that identifies the comment. */
export function comparisonMarkdown(comparison: Comparison): string {
	const { verdict } = comparison.overall;
	const blocks = [
		COMMENT_MARK,
		`## ${EMOJI[verdict]} Load test: ${verdict}`,
		verdictSentence(comparison),
		reasonLines(comparison)
			.map((reason) => `- ${reason}`)
			.join("\n"),
		...followUp(comparison).map((line) => `<sub>${line}</sub>`),
		...tablesOf(comparison).map(markdownTable),
	];
	return `${blocks.join("\n\n")}\n`;
}

/** The verdict in words, without figures. */
export function verdictSentence({ overall, sections, base, margin }: Comparison): string {
	const other = base.length > 0 ? "the base runs" : (sections[0]?.baseName ?? "the base");
	switch (overall.verdict) {
		case "worse":
			return `Slower than ${other} by more than ${marginText(margin)}.`;
		case "better":
			return `Faster than ${other} by more than ${marginText(margin)}.`;
		case "same":
			return `As fast as ${other}, within ${marginText(margin)}.`;
		case "unclear":
			return "These runs can neither show nor rule out a difference that matters.";
		case "indicative":
			return "Not a verdict, only an indication.";
		case "invalid":
			return "No verdict, because a run is invalid.";
	}
}

/** One line per reason; runs that could not be compared metric by metric have a single one. */
export function reasonLines({ overall, sections }: Comparison): string[] {
	const rows = sections.flatMap((section) => section.rows);
	const reasons = overall.verdict === "invalid" ? [] : reasonsOf(rows, overall.verdict);
	return reasons.join(" ") === overall.reason ? reasons : [overall.reason];
}

function followUp({ overall, doubts, budgets }: Comparison): string[] {
	const unmet = budgets.filter((result) => result.verdict !== "met");
	const met = budgets.some((result) => result.indicative)
		? `All budgets look met, but only ${LEAST_RUNS} runs decide.`
		: "All budgets are met.";
	const summary =
		unmet.length === 0 ? met : `Budgets not met: ${unmet.map(({ budget }) => budget.text).join("; ")}.`;
	return [
		`Next: ${overall.next}`,
		...(budgets.length > 0 ? [summary] : []),
		...doubts.map((doubt) => `Note: ${doubt}`),
	];
}
