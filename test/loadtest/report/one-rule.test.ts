/** Headline, exit code, JUnit and page say the same of a run, whatever became of it. */
import { describe, expect, test } from "vitest";
import type { Counts, Flag, Result } from "../../../loadtest/record/result.ts";
import { exitCodeOf, verdictOf } from "../../../loadtest/record/verdict.ts";
import { parseBudgets } from "../../../loadtest/report/budgets/budget.ts";
import { judgeRun } from "../../../loadtest/report/budgets/judge.ts";
import { reportJson, reportJunit } from "../../../loadtest/report/export.ts";
import { headlineOf } from "../../../loadtest/report/headline.ts";
import { reportPage } from "../../../loadtest/report/page.ts";
import { reportMarkdown, reportText, summaryText } from "../../../loadtest/report/text.ts";
import { drawResult } from "../../support/report/results.ts";

function drawn(counts: Partial<Counts> = {}, flags: Flag[] = [], more: Partial<Result> = {}): Result {
	const result = drawResult({ transports: ["websocket"], paths: ["target"], seconds: 20, flags });
	Object.assign(result.groups[0]!.counts, counts);
	return { ...result, ...more };
}

const late = { code: "generator_busy", severity: "invalid", message: "too busy", advice: "less" } as const;
const few = { code: "sessions_missing", severity: "warning", message: "few", advice: "more" } as const;
const SENT = 2000;
const allLost = { received: 0, lost: SENT, timedOut: SENT };
const quarterLost = { received: 1500, lost: 500, timedOut: 500 };

/** What happened, the run, a budget, the exit code, and how the headline begins. */
const RUNS: [string, Result, string | null, number, RegExp][] = [
	["all is well", drawn(), null, 0, /^websocket target: half of the messages/],
	["there is a doubt", drawn({ doubled: 3 }, [few]), null, 0, /^websocket target: half/],
	["a few messages were lost", drawn({ received: 1990, lost: 10 }), null, 0, /^websocket target: half/],
	[
		"everything was lost",
		drawn(allLost),
		null,
		1,
		/^0 of 2,000 messages were answered \(websocket target\)\.$/,
	],
	["a quarter was lost", drawn(quarterLost), null, 1, /^1,500 of 2,000 messages were answered/],
	[
		"a threshold was crossed",
		drawn({}, [], { crossedThresholds: ["sio_ack p(95)<1"] }),
		null,
		1,
		/^The threshold sio_ack p\(95\)<1 was crossed\. websocket target: half/,
	],
	[
		"a threshold was crossed beside an invalid run",
		drawn({}, [late], { crossedThresholds: ["sio_ack p(95)<1"] }),
		null,
		3,
		/^No finding/,
	],
	["the run is invalid", drawn(quarterLost, [late]), null, 3, /^No finding/],
	["the run was stopped", drawn({}, [], { interrupted: true }), null, 130, /^websocket target: half/],
	["a budget is met", drawn(), "p50 target websocket <= 1 s", 0, /^websocket target: half/],
	[
		"a budget is missed",
		drawn(),
		"p50 target websocket <= 0.01 ms",
		1,
		/^Budget missed: p50 target websocket/,
	],
	[
		"a budget is undecided",
		drawn(),
		"p99.9 target websocket <= 1 s",
		4,
		/^Budget undecided: p99\.9 target websocket <= 1 s: measured .*; 2,000 messages; about 3,700 would decide\. websocket/,
	],
];

describe.each(RUNS)("when %s", (_, result, line, code, headline) => {
	const judged = line === null ? [] : judgeRun(parseBudgets(line, "b"), result);
	const verdict = verdictOf(result, judged);

	test(`the exit code is ${code}`, () => {
		expect(exitCodeOf(verdict)).toBe(code);
		expect(JSON.parse(reportJson(result, judged)).verdict).toBe(verdict);
	});

	test("JUnit is red exactly when the command fails, and skips exactly what is undecided", () => {
		const xml = reportJunit(result, judged);
		expect(/<failure /.test(xml)).toBe([1, 3, 130].includes(code));
		expect(/<skipped /.test(xml)).toBe(code === 4);
	});

	test("the headline says it first", () => {
		expect(headlineOf(result, judged).join(" ")).toMatch(headline);
		const first = headlineOf(result, judged)[0]!;
		expect(reportPage(result, judged)).toContain(first.replaceAll("<", "&lt;"));
		expect(reportMarkdown(result, judged)).toContain(first);
		if (code === 1 || code === 4) expect(reportText(result, judged).startsWith(first)).toBe(true);
	});

	test("sign and colour of the page and the mark in Markdown agree", () => {
		const tone = { 0: "good", 1: "bad", 3: "bad", 4: "doubt", 130: "doubt" }[code]!;
		const expected = result.validity.flags.length > 0 && code === 0 ? "doubt" : tone;
		expect(reportPage(result, judged)).toContain(`<div class="verdict ${expected}">`);
		const mark = { good: "✅", doubt: "⚠️", bad: "❌" }[expected];
		expect(reportMarkdown(result, judged)).toContain(`${mark} **`);
	});
});

test("a run that lost everything has no latency in its headline, which would read like a success", () => {
	expect(headlineOf(drawn(allLost))).toEqual(["0 of 2,000 messages were answered (websocket target)."]);
	expect(summaryText(drawn(allLost)).split("\n")[0]).toBe(
		"0 of 2,000 messages were answered (websocket target).",
	);
});

test("the budgets have a table of their own in text, Markdown and HTML, and are in JSON and JUnit", () => {
	const result = drawn();
	const judged = judgeRun(
		parseBudgets("p50 target websocket <= 1 s\nloss target websocket <= 0 %", "b"),
		result,
	);
	expect(reportText(result, judged)).toMatch(
		/\nBudgets\n.*\n.*\n {2}p50 target websocket <= 1 s +=\u0020met/,
	);
	expect(reportMarkdown(result, judged)).toContain("| loss target websocket <= 0 % | = met | 0 % |");
	expect(reportPage(result, judged)).toContain("<td>loss target websocket &lt;= 0 %</td><td>= met</td>");
	expect(JSON.parse(reportJson(result, judged)).budgets).toMatchObject([
		{ text: "p50 target websocket <= 1 s", verdict: "met", measured: { low: expect.any(Number) } },
		{ text: "loss target websocket <= 0 %", verdict: "met", measured: { estimate: 0 } },
	]);
	expect(reportJunit(result, judged)).toContain(
		'classname="budgets" name="loss target websocket &lt;= 0 %"/>',
	);
});
