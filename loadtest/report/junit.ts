/** JUnit XML: checks as test cases, for the test view of a CI system. */
import type { BudgetResult } from "./budgets/result.ts";

/** One test case: passed unless `failure` says why not; `skipped` says why it could not be judged, `output` what was seen. */
export interface Check {
	suite: string;
	name: string;
	failure?: string;
	skipped?: string;
	output?: string;
}

/** Checks as a JUnit document, suites in order of appearance. */
export function junit(name: string, checks: readonly Check[]): string {
	const suites = [...new Set(checks.map((check) => check.suite))].map((suite) => {
		const cases = checks.filter((check) => check.suite === suite);
		const lines = cases.map(
			(check) => `\t\t<testcase classname="${xmlText(suite)}" name="${xmlText(check.name)}"${ending(check)}`,
		);
		return `\t<testsuite name="${xmlText(suite)}" ${totals(cases)}>\n${lines.join("\n")}\n\t</testsuite>`;
	});
	return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xmlText(name)}" ${totals(checks)}>\n${suites.join("\n")}\n</testsuites>\n`;
}

/** One test case for each budget: fails where it is missed, is skipped where it could not be decided. */
export function budgetChecks(results: readonly BudgetResult[]): Check[] {
	return results.map(({ budget, verdict, indicative, reason }): Check => {
		const check: Check = { suite: "budgets", name: budget.text };
		if (verdict === "met" && !indicative) return check;
		return verdict === "missed" && !indicative
			? { ...check, failure: reason }
			: { ...check, skipped: reason };
	});
}

function totals(checks: readonly Check[]): string {
	const failures = checks.filter((check) => check.failure !== undefined).length;
	const skipped = checks.filter((check) => check.skipped !== undefined).length;
	return `tests="${checks.length}" failures="${failures}" skipped="${skipped}"`;
}

function ending(check: Check): string {
	if (check.failure !== undefined) return `><failure message="${xmlText(check.failure)}"/></testcase>`;
	if (check.skipped !== undefined) return `><skipped message="${xmlText(check.skipped)}"/></testcase>`;
	if (check.output !== undefined) return `><system-out>${xmlText(check.output)}</system-out></testcase>`;
	return "/>";
}

/** Text of an XML attribute, without the characters that XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets). */
function xmlText(text: string): string {
	return (
		text
			.replaceAll("&", "&amp;")
			.replaceAll("<", "&lt;")
			.replaceAll(">", "&gt;")
			.replaceAll('"', "&quot;")
			.replaceAll("\n", "&#10;")
			// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the forbidden characters
			.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
	);
}
