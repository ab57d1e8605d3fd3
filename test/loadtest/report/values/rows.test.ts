import { expect, test } from "vitest";
import { Histogram } from "../../../../loadtest/record/histogram.ts";
import {
	medianRanks,
	quantileMs,
	quantileNamed,
	quantileText,
	sampleFor,
} from "../../../../loadtest/report/values/quantile.ts";
import { addedOf, basePath, rowsOf } from "../../../../loadtest/report/values/rows.ts";
import { drawResult } from "../../../support/report/results.ts";

test("a quantile needs as many samples as a finite order-statistics interval", () => {
	expect([0.5, 0.9, 0.99, 0.999, 0.9999].map(sampleFor)).toEqual([6, 36, 368, 3688, 36887]);
});

test("the interval of a median skips as many values at each end as 95 % allow", () => {
	expect([4, 5, 6, 9, 10, 20].map((count) => medianRanks(count).skip)).toEqual([0, 0, 0, 1, 1, 5]);
	expect(medianRanks(4).confidence).toBe(0.875);
});

test("a quantile has one text, and its name is found by it", () => {
	expect([0.1, 0.5, 0.99, 0.999, 0.99999].map(quantileText)).toEqual([
		"p10",
		"p50",
		"p99",
		"p99.9",
		"p99.999",
	]);
	expect(["p50", "p99.9", "p999", "p97"].map(quantileNamed)).toEqual(["p50", "p999", "p999", undefined]);
});

test("a quantile is null where the sample is too small, never the maximum", () => {
	const histogram = new Histogram();
	for (let i = 1; i <= 367; i++) histogram.record(i * 1000);
	expect(quantileMs(histogram.toRecord(), 0.99)).toBeNull();
	histogram.record(368_000);
	expect(quantileMs(histogram.toRecord(), 0.99)).toBeGreaterThan(360);
});

test("every measured metric of every group becomes a row in milliseconds", () => {
	const rows = rowsOf(drawResult());
	const acks = rows.filter((row) => row.metric === "ack");
	expect(acks.map(({ transport, path }) => `${transport} ${path}`)).toEqual([
		"polling direct",
		"polling edge",
		"websocket direct",
		"websocket edge",
	]);
	for (const row of acks) {
		expect(row.count).toBe(500);
		expect(row.p50).toBeGreaterThan(0.5);
		expect(row.p50).toBeLessThan(5);
		expect(row.p999).toBeNull();
	}
	expect(rows.some((row) => row.metric === "tls" && row.path === "edge")).toBe(true);
});

test("the added latency is the difference of quantiles over the direct path, transport by transport", () => {
	const result = drawResult();
	const rows = rowsOf(result).filter((row) => row.metric === "ack" && row.transport === "polling");
	const [added] = addedOf(result);
	expect(added).toMatchObject({ transport: "polling", path: "edge", base: "direct" });
	expect(added?.p50).toBeCloseTo((rows[1]?.p50 ?? 0) - (rows[0]?.p50 ?? 0), 3);
	expect(added?.p999).toBeNull();
});

test("without a path called direct the first path of the plan is the base", () => {
	const result = drawResult({ paths: ["old", "new"] });
	expect(basePath(result)).toBe("old");
	expect(addedOf(result).map(({ path, base }) => [path, base])).toEqual([
		["new", "old"],
		["new", "old"],
	]);
});
