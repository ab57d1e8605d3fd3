/** JUnit XML: checks as test cases, for the test view of a CI system. */
import type { Result } from "../record/result.ts";
import { counted, showCount } from "./number.ts";
import { flagLine, validityOf } from "./validity.ts";

/** A check: passed unless `failure` says why not; `skipped` says why it could not be judged. */
export interface Check {
	suite: string;
	name: string;
	failure?: string;
	skipped?: string;
}

/** The report's checks: the measurement is valid, and each group opened its sessions and lost nothing. */
export function reportJunit(result: Result): string {
	return junit("sticky-edge report", checksOf(result));
}

/** The checks of one result. */
export function checksOf(result: Result): Check[] {
	const { trust, sentence, flags } = validityOf(result);
	const valid: Check = { suite: "validity", name: "the measurement can be believed" };
	if (trust === "invalid") valid.failure = [sentence, ...flags.map(flagLine)].join("\n");
	const groups = result.groups.flatMap(({ transport, path, counts }): Check[] => {
		const suite = `${transport} ${path}`;
		const { sessionsTried, sessionsOpen, sent, lost, doubled } = counts;
		const open = failing(
			sessionsOpen < sessionsTried,
			`${showCount(sessionsOpen)} of ${counted(sessionsTried, "session")} opened`,
		);
		const none = failing(lost > 0, `${showCount(lost)} of ${counted(sent, "message")} never acknowledged`);
		const once = failing(doubled > 0, `${counted(doubled, "message")} acknowledged twice`);
		return [
			{ suite, name: "every session opened", ...open },
			{ suite, name: "no message was lost", ...none },
			{ suite, name: "no message was doubled", ...once },
		];
	});
	return [valid, ...groups];
}

/** Checks as a JUnit document, suites in order of appearance. */
export function junit(name: string, checks: readonly Check[]): string {
	const suites = [...new Set(checks.map((check) => check.suite))].map((suite) => {
		const cases = checks.filter((check) => check.suite === suite);
		const lines = cases.map(
			(check) => `\t\t<testcase classname="${xmlText(suite)}" name="${xmlText(check.name)}"${inner(check)}`,
		);
		return `\t<testsuite name="${xmlText(suite)}" ${totals(cases)}>\n${lines.join("\n")}\n\t</testsuite>`;
	});
	return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xmlText(name)}" ${totals(checks)}>\n${suites.join("\n")}\n</testsuites>\n`;
}

function failing(failed: boolean, failure: string): { failure?: string } {
	return failed ? { failure } : {};
}

function totals(checks: readonly Check[]): string {
	const failures = checks.filter((check) => check.failure !== undefined).length;
	const skipped = checks.filter((check) => check.skipped !== undefined).length;
	return `tests="${checks.length}" failures="${failures}" skipped="${skipped}"`;
}

function inner(check: Check): string {
	if (check.failure !== undefined) return `><failure message="${xmlText(check.failure)}"/></testcase>`;
	if (check.skipped !== undefined) return `><skipped message="${xmlText(check.skipped)}"/></testcase>`;
	return "/>";
}

/** XML attribute text; characters that XML 1.0 forbids (section 2.2) are dropped. */
function xmlText(text: string): string {
	return (
		text
			.replaceAll("&", "&amp;")
			.replaceAll("<", "&lt;")
			.replaceAll(">", "&gt;")
			.replaceAll('"', "&quot;")
			.replaceAll("\n", "&#10;")
			// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
			.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
	);
}
