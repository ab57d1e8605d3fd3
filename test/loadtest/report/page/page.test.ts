import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { parseResult } from "../../../../loadtest/record/load.ts";
import { Tally } from "../../../../loadtest/record/tally.ts";
import { spreadLabels } from "../../../../loadtest/report/page/chart.ts";
import { markup } from "../../../../loadtest/report/page/markup.ts";
import { reportPage } from "../../../../loadtest/report/page/page.ts";
import { linearTicks, logAxis, logTicks, roundOut } from "../../../../loadtest/report/page/scale.ts";
import { secondsTable } from "../../../../loadtest/report/page/seconds.ts";
import { embeddedData } from "../../../../loadtest/report/readable.ts";
import { drawResult } from "../../../support/report/results.ts";

const result = drawResult({ transports: ["polling", "websocket", "upgrade", "flashsocket"] });
const page = reportPage(result);

test("the page contains the whole result, to be read again", () => {
	expect(parseResult(embeddedData(page) ?? "", "page")).toEqual(result);
	expect(embeddedData("{}")).toBeUndefined();
});

test("the page loads nothing", () => {
	expect(page).not.toMatch(/<(link|img|iframe|object|embed)\b/);
	expect(page).not.toMatch(/\b(src|href)=/);
	expect(page).not.toContain("@import");
});

test("the policy allows no script, and the page's own style sheet by hash", () => {
	const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll("&#39;", "'") ?? "";
	expect(policy).toContain("default-src 'none'");
	expect(policy).not.toContain("unsafe");
	const written = [...page.matchAll(/<(?:script|style)>([\s\S]*?)<\/(?:script|style)>/g)].map(
		(match) => match[1] ?? "",
	);
	expect(written).toHaveLength(1);
	expect(policy).toContain("script-src 'none'");
	for (const text of written)
		expect(policy).toContain(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);
	expect(page).not.toMatch(/ style="| on[a-z]+="/);
});

test("text from a result cannot become markup, in the page or in its data", () => {
	const evil = "</script><script>alert(1)</script>";
	const flag = { code: "x", severity: "warning", message: evil, advice: "<b>" } as const;
	const hostile = reportPage(drawResult({ paths: [evil], flags: [flag] }));
	expect(hostile).not.toContain("<script>alert");
	expect(hostile.match(/<script/g)).toHaveLength(page.match(/<script/g)?.length ?? 0);
	expect(String(markup`<p title="${'"'}">${"<i>"}</p>`)).toBe('<p title="&quot;">&lt;i&gt;</p>');
});

test("each chart has a name and a description for people who cannot see it", () => {
	const charts = [...page.matchAll(/<svg class="wide" role="img" aria-label="([^"]*)"/g)].map(
		(match) => match[1] ?? "",
	);
	expect(charts).toHaveLength(3);
	expect(charts[0]).toMatch(/Response time by percentile\. polling direct: median [\d.]+ ms; polling edge/);
	expect(charts[1]).toMatch(/0 seconds tainted by the generator; 0 messages timed out/);
	expect(charts[2]).toMatch(/upgrade edge: TCP [\d.]+ ms, TLS/);
});

test("tables and charts need no script: the page has none", () => {
	const still = page.replaceAll(/<script[\s\S]*?<\/script>/g, "");
	expect(still).toContain("<svg");
	expect(still).toContain("<table");
	expect(page.match(/<script/g)).toHaveLength(1);
	expect(page).toContain('<script type="application/json"');
});

test("fan-out and recovery are drawn where the scenario measured them", () => {
	const storm = drawResult({ transports: ["websocket"], paths: ["edge"] });
	const tally = new Tally();
	for (let client = 1; client <= 50; client++) {
		tally.record("recover", 0, client * 30_000);
		tally.record("fanout_last", 0, client * 1000);
	}
	Object.assign(
		storm.groups[0]!.metrics,
		tally.toGroup({ transport: "websocket", path: "edge", seconds: 1 }).metrics,
	);
	const drawn = reportPage(storm);
	expect(drawn).toContain('<figure id="recovery">');
	expect(drawn).toContain('<figure id="fanout">');
	expect(drawn).toMatch(/websocket edge: half within 7\d\d ms/);
	expect(page).not.toContain('<figure id="recovery">');
	expect(drawn).toMatch(
		/websocket edge: 50 sessions recovered, half of them within 7\d\d ms and all within 1,500 ms\./,
	);
});

test("a run without any ack shows its outcomes, and no empty table or chart", () => {
	const quiet = drawResult({ transports: ["websocket"], paths: ["edge"], seconds: 0 });
	delete quiet.groups[0]!.metrics.ack;
	quiet.outcomes = [{ name: "sessions_back", value: 50, unit: "sessions" }];
	const drawn = reportPage(quiet);
	expect(drawn).toContain("sessions_back");
	expect(drawn).not.toContain("Over time");
	expect(drawn).not.toContain("<tbody></tbody>");
});

test("the table of seconds has the figures of every second of every group", () => {
	const table = secondsTable(result);
	expect(table.cells).toHaveLength(8 * 5);
	const seconds = table.cells.map(([second]) => Number(second));
	expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
	expect(table.cells[0]).toEqual([
		"0",
		"polling",
		"direct",
		"100",
		...Array(2).fill(expect.stringMatching(/^\d/)),
		"n/a",
		"0",
	]);
	expect(page).toContain("<summary>Every second: response time in milliseconds</summary>");
});

test("a long run is shown in bins of several seconds", () => {
	const long = drawResult({ transports: ["websocket"], paths: ["edge"], seconds: 200, rate: 10 });
	const { caption, cells } = secondsTable(long);
	expect(caption).toBe("Every 2 seconds: response time in milliseconds");
	expect(cells[1]?.slice(0, 4)).toEqual(["2–3", "websocket", "edge", "20"]);
});

test("ticks are round numbers, inside their range, and few", () => {
	expect(logTicks(0.5, 20)).toEqual([0.5, 1, 2, 5, 10, 20]);
	expect(logTicks(0.1, 10_000)).toEqual([0.1, 1, 10, 100, 1000, 10_000]);
	expect(linearTicks(0, 6.7, 8)).toEqual([0, 1, 2, 3, 4, 5, 6]);
	expect(linearTicks(0, 0, 5)).toEqual([0]);
	expect([roundOut(0.37, "below"), roundOut(0.37, "above"), roundOut(20, "above")]).toEqual([0.2, 0.5, 20]);
});

test("labels are moved apart, keep their order and stay inside", () => {
	expect(spreadLabels([10, 12, 11], 17, 0, 100)).toEqual([10, 44, 27]);
	expect(spreadLabels([95, 96], 17, 0, 100)).toEqual([83, 100]);
});

test("an axis over a narrow range has ticks between the powers of ten", () => {
	expect(logAxis([101, 103, 130])).toEqual({ domain: [100, 140], ticks: [100, 110, 120, 130, 140] });
	expect(logAxis([0.4, 18])).toEqual({ domain: [0.2, 20], ticks: [0.2, 0.5, 1, 2, 5, 10, 20] });
	const single = logAxis([5, 5]);
	expect(single.domain[0]).toBeLessThan(5);
	expect(single.domain[1]).toBeGreaterThanOrEqual(5);
	expect(single.ticks.length).toBeGreaterThan(1);
});
