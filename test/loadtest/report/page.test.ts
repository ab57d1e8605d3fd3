import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { parseResult } from "../../../loadtest/record/load.ts";
import { Tally } from "../../../loadtest/record/tally.ts";
import { markup } from "../../../loadtest/report/html/markup.ts";
import { reportPage } from "../../../loadtest/report/page.ts";
import { embeddedData } from "../../../loadtest/report/readable.ts";
import { drawResult } from "../../support/report/results.ts";

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

test("a tainted second has a bar of its own in the generator's self-check", () => {
	const tainted = reportPage(drawResult({ tainted: [1] }));
	expect(tainted).toMatch(/generator self-check: 1 of \d+ seconds tainted/);
	// One in the chart for wide screens, one in that for narrow ones.
	expect(tainted.match(/class="tainted"/g)).toHaveLength(2);
	expect(page).not.toContain('class="tainted"');
});

test("tables and charts need no script: the page has none", () => {
	const still = page.replaceAll(/<script[\s\S]*?<\/script>/g, "");
	expect(still).toContain("<svg");
	expect(still).toContain("<table");
	expect(still).toContain("<summary>Every second: response time in milliseconds</summary>");
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
