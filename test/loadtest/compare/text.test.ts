/** The texts of the comparison, compared in full, and the content of its page. */
import { expect, test } from "vitest";
import { type Comparison, type ComparisonRequest, compare } from "../../../loadtest/compare/comparison.ts";
import { comparisonJunit } from "../../../loadtest/compare/export.ts";
import { comparisonPage } from "../../../loadtest/compare/page.ts";
import { COMMENT_MARK, comparisonMarkdown, comparisonText } from "../../../loadtest/compare/text.ts";
import { parseBudgets } from "../../../loadtest/report/budgets/budget.ts";
import { embeddedData } from "../../../loadtest/report/readable.ts";
import { ABBA, runsAt } from "../../support/report/runs.ts";

const websocket = { transports: ["websocket" as const] };
const base = runsAt(ABBA.b, "b", websocket);

test("the text has the verdict, its reasons and the next step, then the rows with ratio and interval", () => {
	expect(comparisonText(slower())).toMatchInlineSnapshot(`
		"▼ worse. Slower than the base runs by more than the margin of 10 %.
		  websocket edge, p50: 35 % slower (34 to 41 %), beyond the margin of 10 %.
		  websocket edge, p99: 37 % slower (28 to 46 %), beyond the margin of 10 %.
		Next: Look for the cause, or accept the change with a wider --margin.

		New runs against base runs: response time, milliseconds, 5 against 5 runs
		  measurement       percentile  base   new  ratio  95 % interval  difference  95 % interval      p  verdict
		  ────────────────  ──────────  ────  ────  ─────  ─────────────  ──────────  ─────────────  ─────  ───────
		  websocket direct  p50         1.00  1.56   1.56    1.53 … 1.59       +0.56  +0.53 … +0.59
		  websocket direct  p90         1.70  2.54   1.49    1.45 … 1.54       +0.84  +0.78 … +0.92
		  websocket direct  p95         1.97  2.95   1.50    1.45 … 1.56       +0.98  +0.88 … +1.06
		  websocket direct  p99         2.49  3.83   1.52    1.41 … 1.61       +1.31  +1.09 … +1.50
		  websocket edge    p50         1.48  2.00   1.35    1.34 … 1.41       +0.53  +0.50 … +0.58  0.016  ▼ worse
		  websocket edge    p90         2.44  3.30   1.36    1.32 … 1.41       +0.88  +0.78 … +0.98
		  websocket edge    p95         2.76  3.78   1.35    1.31 … 1.41       +0.99  +0.88 … +1.12
		  websocket edge    p99         3.59  4.91   1.37    1.28 … 1.46       +1.32  +1.03 … +1.59  0.016  ▼ worse
		  Only rows with a verdict were tested (exact Mann-Whitney on runs, adjusted by Holm); the others are for information.
		  Percentiles for which neither side has enough messages are left out.
		"
	`);
});

test("the Markdown body has the mark that identifies the comment", () => {
	const markdown = comparisonMarkdown(slower());
	expect(markdown.startsWith(`${COMMENT_MARK}\n\n## 🔴 Load test: worse\n\n`)).toBe(true);
	expect(markdown).toContain("| websocket edge | p50 |");
	expect(markdown).toMatch(/\| 0\.016 \| ▼ worse \|/);
});

test("budgets have their own table, and those not met are named above it", () => {
	const budgets = parseBudgets(
		"p50 edge websocket <= 1 ms\nloss edge websocket <= 0 %\np50 edge-added websocket <= 0.45 ms",
		"b",
	);
	const text = comparisonText(compare(request({ subject: { kind: "describe" }, budgets })));
	expect(text).toContain("Budgets not met: p50 edge websocket <= 1 ms; p50 edge-added websocket <= 0.45 ms.");
	expect(text).toMatch(
		/p50 edge websocket <= 1 ms +▼ missed +measured 1\.4\d ms \(1\.4\d ms to 1\.4\d ms\), limit 1\.00 ms/,
	);
	expect(text).toMatch(/loss edge websocket <= 0 % += met/);
	expect(text).toMatch(/p50 edge-added websocket <= 0\.45 ms +\? unclear/);
});

test("with too few runs the text names no test of significance, says that intervals are resampled, and binds no budget", () => {
	const budgets = parseBudgets("p50 edge websocket <= 1 s", "b");
	const few = comparisonText(
		compare(request({ subject: { kind: "runs", base: base.slice(0, 3) }, budgets })),
	);
	expect(few).not.toContain("Mann-Whitney");
	expect(few).toContain("Intervals by resampling whole seconds");
	expect(few).toContain("5 against 3 runs, but a verdict needs 5 per side");
	const two = compare(
		request({ candidate: runsAt(ABBA.a, "a").slice(0, 2), subject: { kind: "describe" }, budgets }),
	);
	expect(comparisonText(two)).toContain("All budgets look met, but only 5 runs decide.");
});

test("JUnit fails a worse metric and a missed budget, and skips what cannot be decided", () => {
	const budgets = parseBudgets("p50 edge websocket <= 1 ms\np99.9 edge websocket <= 1 s", "b");
	const xml = comparisonJunit(compare(request({ candidate: runsAt(ABBA.a, "a", websocket, 1.6), budgets })));
	expect(xml).toMatch(/name="websocket edge p50"><failure message="worse: /);
	expect(xml).toMatch(/name="p50 edge websocket &lt;= 1 ms"><failure/);
	expect(xml).toMatch(/name="p99.9 edge websocket &lt;= 1 s"><skipped/);
});

test("the page contains both sides, without their seconds where there are enough runs", () => {
	const page = comparisonPage(slower());
	const data = JSON.parse(embeddedData(page) ?? "");
	expect(data.candidate.map((run: { name: string }) => run.name)).toEqual(
		ABBA.a.map((minute) => `a-${minute}.json`),
	);
	expect(data.base).toHaveLength(5);
	expect(data.base[0].result.groups[0].metrics.ack.histogram.count).toBe(1600);
	expect(data.base[0].result.groups[0].metrics.ack.windows).toEqual([]);
	const single = compare(
		request({ candidate: runsAt([0], "a", websocket), subject: { kind: "runs", base: base.slice(0, 1) } }),
	);
	const few = JSON.parse(embeddedData(comparisonPage(single)) ?? "");
	expect(few.base[0].result.groups[0].metrics.ack.windows).toHaveLength(4);
});

test("the page draws ratio by percentile, every run, and both sides' spectrum", () => {
	const page = comparisonPage(slower());
	const names = [...page.matchAll(/<svg class="wide" role="img" aria-label="([^.]*)/g)].map(
		(match) => match[1],
	);
	expect(names).toEqual([
		"How much slower or faster? websocket edge, ratio by percentile",
		"What did each run measure?",
		"All runs together: websocket edge by percentile",
		"How much slower or faster? websocket direct, ratio by percentile",
	]);
	expect(page).toContain("script-src 'none'".replaceAll("'", "&#39;"));
});

function slower(): Comparison {
	return compare(request({ candidate: runsAt(ABBA.a, "a", websocket, 1.6) }));
}

function request(changes: Partial<ComparisonRequest>): ComparisonRequest {
	return {
		candidate: runsAt(ABBA.a, "a", websocket),
		subject: { kind: "runs", base },
		metric: "ack",
		margin: 0.1,
		primary: undefined,
		blocks: false,
		budgets: [],
		...changes,
	};
}
