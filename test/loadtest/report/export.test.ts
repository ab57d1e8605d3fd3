import { expect, test } from "vitest";
import { reportCsv, reportJson, reportJunit } from "../../../loadtest/report/export.ts";
import { drawResult } from "../../support/report/results.ts";

test("JSON rows have transport, path, metric and quantiles in milliseconds, null where the sample is too small", () => {
	const report = JSON.parse(reportJson(drawResult()));
	const row = report.rows.find(
		(each: { transport: string; path: string; metric: string }) =>
			each.transport === "websocket" && each.path === "edge" && each.metric === "ack",
	);
	expect(Object.keys(row)).toEqual([
		"transport",
		"path",
		"metric",
		"count",
		"min",
		"p50",
		"p90",
		"p95",
		"p99",
		"p999",
		"max",
	]);
	expect(row.p50).toBeGreaterThan(1);
	expect(row.p50).toBeLessThan(2);
	expect(row.p999).toBeNull();
	expect(report.validity.trust).toBe("valid");
	expect(report.groups).toHaveLength(4);
});

test("CSV has one line per row, with an empty field where the sample is too small", () => {
	const lines = reportCsv(drawResult({ transports: ["websocket"], paths: ["edge, far"] })).split("\r\n");
	expect(lines[0]).toBe("transport,path,metric,count,min,p50,p90,p99,p999,max,p95");
	expect(lines[1]).toMatch(/^websocket,"edge, far",ack,500,[\d.]+,[\d.]+,[\d.]+,[\d.]+,,[\d.]+,[\d.]+$/);
	expect(lines.at(-1)).toBe("");
});

test("JUnit fails the check for lost messages above the limit and passes the others", () => {
	const result = drawResult({ transports: ["websocket"], paths: ["edge"] });
	Object.assign(result.groups[0]!.counts, { received: 494, lost: 6 });
	const xml = reportJunit(result);
	expect(xml).toContain('<testsuites name="sticky-edge report" tests="4" failures="1" skipped="0">');
	expect(xml).toContain(
		'name="at most 1 % of the messages were lost"><failure message="494 of 500 messages were answered (websocket edge)"/>',
	);
	expect(xml).toContain(
		'name="sessions opened"><system-out>10 of 10 sessions opened</system-out></testcase>',
	);
});

test("JUnit passes a loss below the limit, and has the figures in its output", () => {
	const result = drawResult({ transports: ["websocket"], paths: ["edge"] });
	Object.assign(result.groups[0]!.counts, { received: 497, lost: 3, doubled: 2, sessionsOpen: 9 });
	const xml = reportJunit(result);
	expect(xml).toContain('tests="4" failures="0" skipped="0"');
	expect(xml).toContain("<system-out>497 of 500 messages answered, 2 doubled</system-out>");
	expect(xml).toContain("<system-out>9 of 10 sessions opened</system-out>");
});

test("JUnit escapes special characters in messages", () => {
	const flag = { code: "x", severity: "invalid", message: 'a < b & "c"\u0007', advice: "mend it" } as const;
	const xml = reportJunit(drawResult({ flags: [flag] }));
	expect(xml).toContain("a &lt; b &amp; &quot;c&quot;.");
	expect(xml).not.toContain("\u0007");
});
