/** The report for a terminal and as Markdown: validity and finding in words, then the tables. */
import type { Result } from "../record/result.ts";
import { headlineOf, planLine } from "./headline.ts";
import { flagLine, validityOf } from "./validity.ts";
import { markdownTable, textTable } from "./values/table.ts";
import { responseTable, tablesOf } from "./values/tables.ts";

/** The short form for the end of a run: finding, validity, and the table of response times. */
export function summaryText(result: Result): string {
	const validity = validityLines(result);
	const finding = headlineOf(result);
	// A reader may stop after the first line, so an invalid run says there that it is invalid.
	const isInvalid = validityOf(result).trust === "invalid";
	const lines = isInvalid ? [...validity, ...finding] : [...finding, ...validity];
	return `${lines.join("\n")}\n\n${textTable(responseTable(result))}\n`;
}

/** Plain text without colour, about 110 columns wide. */
export function reportText(result: Result): string {
	const blocks = [validityLines(result).join("\n"), [...headlineOf(result), planLine(result)].join("\n")];
	return `${[...blocks, ...tablesOf(result).map(textTable)].join("\n\n")}\n`;
}

/** GitHub-flavoured Markdown, for a comment or a wiki page. */
export function reportMarkdown(result: Result): string {
	const validity = validityOf(result);
	const mark = { valid: "✅", doubtful: "⚠️", invalid: "❌" }[validity.trust];
	const blocks = [
		`## Load test: ${result.plan.scenario}`,
		`${mark} **${validity.sentence}**`,
		...(validity.flags.length > 0 ? [validity.flags.map((flag) => `- ${flagLine(flag)}`).join("\n")] : []),
		headlineOf(result).join("  \n"),
		`<sub>${planLine(result)}</sub>`,
		...tablesOf(result).map(markdownTable),
	];
	return `${blocks.join("\n\n")}\n`;
}

function validityLines(result: Result): string[] {
	const { sentence, flags } = validityOf(result);
	return [sentence, ...flags.map((flag) => `  ${flagLine(flag)}`)];
}
