/** The report for a terminal, and as Markdown. Validity stands first, in words. */
import type { Result } from "../record/result.ts";
import { headlineOf, planLine } from "./headline.ts";
import { markdownTable, textTable } from "./table.ts";
import { responseTable, tablesOf } from "./tables.ts";
import { flagLine, validityOf } from "./validity.ts";

/** The short form for the end of a run: validity, finding, and the one table of response times. */
export function summaryText(result: Result): string {
	const { sentence, flags } = validityOf(result);
	const head = [sentence, ...flags.map((flag) => `  ${flagLine(flag)}`), headlineOf(result)];
	return `${head.join("\n")}\n\n${textTable(responseTable(result))}\n`;
}

/** Plain text, at most some 110 columns wide, without colour. */
export function reportText(result: Result): string {
	const validity = validityOf(result);
	const head = [validity.sentence, ...validity.flags.map((flag) => `  ${flagLine(flag)}`)];
	const blocks = [head.join("\n"), [headlineOf(result), planLine(result)].join("\n")];
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
		headlineOf(result),
		`<sub>${planLine(result)}</sub>`,
		...tablesOf(result).map(markdownTable),
	];
	return `${blocks.join("\n\n")}\n`;
}
