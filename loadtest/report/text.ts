/** The report for a terminal and as Markdown: verdict and finding in words, then the tables. */
import { activityOf } from "../plan/stored-plan.ts";
import type { Result } from "../record/result.ts";
import type { BudgetResult } from "./budgets/result.ts";
import { runBudgetTable } from "./budgets/table.ts";
import { findingsOf, planLine, problemsOf } from "./headline.ts";
import { toneOf } from "./tone.ts";
import { validityOf } from "./validity.ts";
import { hearingTable } from "./values/scenario-tables.ts";
import { markdownTable, type Table, textTable } from "./values/table.ts";
import { responseTable, tablesOf } from "./values/tables.ts";

const MARKS = { good: "✅", doubt: "⚠️", bad: "❌" };

/** The short form for the end of a run: finding, validity, and the table of response times. */
export function summaryText(result: Result): string {
	const validity = validityLines(result);
	const finding = [...problemsOf(result), ...findingsOf(result)];
	// A reader may stop after the first line, so an invalid run says there that it is invalid.
	const isInvalid = validityOf(result).trust === "invalid";
	const lines = isInvalid ? [...validity, ...finding] : [...finding, ...validity];
	const table = activityOf(result.plan) === "listen" ? hearingTable(result) : responseTable(result);
	return `${lines.join("\n")}\n\n${textTable(table)}\n`;
}

/** Plain text without colour, about 120 columns wide; what failed is said first. */
export function reportText(result: Result, budgets: readonly BudgetResult[] = []): string {
	const problems = problemsOf(result, budgets);
	const [verdict, ...notes] = validityLines(result);
	const blocks = [
		...(problems.length > 0 ? [problems.join("\n")] : []),
		verdict!,
		[...findingsOf(result), planLine(result)].join("\n"),
		...(notes.length > 0 ? [notes.join("\n")] : []),
		...tablesWith(result, budgets).map(textTable),
	];
	return `${blocks.join("\n\n")}\n`;
}

/** GitHub-flavoured Markdown, for a comment or a wiki page. */
export function reportMarkdown(result: Result, budgets: readonly BudgetResult[] = []): string {
	const { sentence, notes } = validityOf(result);
	const problems = problemsOf(result, budgets);
	const findings = findingsOf(result);
	const [first, ...more] = [...problems, sentence];
	const blocks = [
		`## Load test: ${result.plan.scenario}`,
		`${MARKS[toneOf(result, budgets)]} **${first}**`,
		...(more.length > 0 ? [more.join("  \n")] : []),
		...(findings.length > 0 ? [findings.join("  \n")] : []),
		`<sub>${planLine(result)}</sub>`,
		...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join("\n")] : []),
		...tablesWith(result, budgets).map(markdownTable),
	];
	return `${blocks.join("\n\n")}\n`;
}

function tablesWith(result: Result, budgets: readonly BudgetResult[]): Table[] {
	return [...(budgets.length > 0 ? [runBudgetTable(budgets)] : []), ...tablesOf(result)];
}

function validityLines(result: Result): string[] {
	const { sentence, notes } = validityOf(result);
	return [sentence, ...notes.map((note) => `  ${note}`)];
}
