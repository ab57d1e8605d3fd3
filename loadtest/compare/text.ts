/** The comparison for a terminal, and as the Markdown body of a pull-request comment. */
import { markdownTable, textTable } from "../report/table.ts";
import type { Comparison } from "./assemble.ts";
import { SIGNS, tablesOf } from "./tables.ts";
import type { Verdict } from "./verdict.ts";

/** How a comment on GitHub is found again, to be replaced instead of repeated. */
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
	const blocks = [sentences(comparison).join("\n"), ...tablesOf(comparison).map(textTable)];
	return `${blocks.join("\n\n")}\n`;
}

/** GitHub-flavoured Markdown, verdict first, with a mark by which the comment is found again. */
export function comparisonMarkdown(comparison: Comparison): string {
	const { verdict } = comparison.overall;
	const [, ...more] = sentences(comparison);
	const blocks = [
		COMMENT_MARK,
		`## ${EMOJI[verdict]} Load test: ${verdict}`,
		verdictSentence(comparison),
		...more.map((each) => `<sub>${each}</sub>`),
		...tablesOf(comparison).map(markdownTable),
	];
	return `${blocks.join("\n\n")}\n`;
}

/** The verdict's reason, as a sentence. */
export function verdictSentence({ overall }: Comparison): string {
	return overall.reason;
}

function sentences(comparison: Comparison): string[] {
	const { overall, doubts, outcomes } = comparison;
	const missed = outcomes.filter((outcome) => outcome.word !== "met");
	return [
		`${SIGNS[overall.verdict]}: ${overall.reason}`,
		`Next: ${overall.next}`,
		...(outcomes.length > 0
			? [
					missed.length === 0
						? "All budgets are met."
						: `Budgets not met: ${missed.map((each) => each.budget.text).join("; ")}.`,
				]
			: []),
		...doubts.map((doubt) => `Note: ${doubt}`),
	];
}
