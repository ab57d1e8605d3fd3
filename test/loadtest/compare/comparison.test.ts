import { expect, test } from "vitest";
import { interleaved } from "../../../loadtest/compare/comparable.ts";
import { type ComparisonRequest, compare, type Subject } from "../../../loadtest/compare/comparison.ts";
import { comparisonJson } from "../../../loadtest/compare/export.ts";
import { type Budget, parseBudgets } from "../../../loadtest/report/budgets/budget.ts";
import type { NamedResult } from "../../../loadtest/report/readable.ts";
import { ABBA, runsAt } from "../../support/report/runs.ts";

const against = (base: NamedResult[]): Subject => ({ kind: "runs", base });
const request = (
	candidate: NamedResult[],
	subject: Subject,
	changes: Partial<ComparisonRequest> = {},
): ComparisonRequest => ({
	candidate,
	subject,
	metric: "ack",
	margin: 0.1,
	primary: "p50 websocket edge, p90 websocket edge",
	blocks: false,
	budgets: [],
	...changes,
});

test("five interleaved runs per side of the same target give the verdict same", () => {
	const { overall } = compare(request(runsAt(ABBA.a, "a"), against(runsAt(ABBA.b, "b"))));
	expect(overall.verdict).toBe("same");
});

test("five runs against five slower ones give the verdict worse, and name the quantiles", () => {
	const { overall, gate } = compare(request(runsAt(ABBA.a, "a", {}, 1.5), against(runsAt(ABBA.b, "b"))));
	expect(overall).toMatchObject({ verdict: "worse" });
	expect(overall.reason).toMatch(/websocket edge, p50: \d+ % slower .* beyond the margin of 10 %/);
	expect(gate).toBe(true);
});

test("the noisiest of several unclear metrics decides how many runs are needed", () => {
	const noisy = { drift: 0.3 };
	const { overall, sections } = compare(
		request(runsAt(ABBA.a, "a", noisy), against(runsAt(ABBA.b, "b", noisy))),
	);
	expect(overall.verdict).toBe("unclear");
	const found = sections[0]?.rows.flatMap((row) => row.finding?.runs ?? []) ?? [];
	expect(found).toHaveLength(2);
	expect(overall.runs).toBe(Math.max(...found));
	expect(overall.runs).toBeGreaterThan(5);
});

test("the same runs on both sides give the verdict same, with the reason", () => {
	const runs = runsAt(ABBA.a, "a");
	const { overall } = compare(request(runs, against(runs)));
	expect(overall).toMatchObject({ verdict: "same", reason: "Both sides are the same runs." });
});

test("a run that is on both sides, among others, is refused by name", () => {
	const runs = runsAt(ABBA.a, "a");
	expect(() => compare(request(runs, against([...runs.slice(1), ...runsAt([9], "b")])))).toThrow(
		"a-3.json is on both sides",
	);
});

test("a copy of a run does not count as a second run", () => {
	const runs = runsAt(ABBA.a, "a");
	const copy = { name: "copy.json", result: runs[1]!.result };
	expect(() => compare(request([...runs, copy], against(runsAt(ABBA.b, "b"))))).toThrow(
		"copy.json is the same run as a-3.json: give each run once.",
	);
});

test("a run without seconds is refused where too few runs make them necessary", () => {
	const [run] = runsAt([0], "a");
	for (const group of run!.result.groups)
		for (const metric of Object.values(group.metrics)) metric.windows = [];
	expect(() => compare(request([run!], against(runsAt([1], "b"))))).toThrow(
		"a-0.json has no per-second data",
	);
});

test("one invalid run invalidates the comparison and is named with its reason", () => {
	const flag = {
		code: "late_sends",
		severity: "invalid",
		message: "61 % of sends were late",
		advice: "Lower --rate",
	} as const;
	const spoilt = runsAt([8], "a", { flags: [flag] });
	const { overall } = compare(
		request([...runsAt([0, 3, 4, 7], "a"), ...spoilt], against(runsAt(ABBA.b, "b"))),
	);
	expect(overall.verdict).toBe("invalid");
	expect(overall.reason).toContain("a-8.json");
	expect(overall.reason).toContain("61 % of sends were late");
});

test("fewer than five runs per side are indicative, however clear the difference", () => {
	const { overall } = compare(request(runsAt([0, 3], "a", {}, 2), against(runsAt([1, 2], "b"))));
	expect(overall.verdict).toBe("indicative");
	expect(overall.reason).toContain("2 runs per side, but a verdict needs 5; so far it looks");
});

test("sides that ran one after the other are indicative unless blocks are accepted", () => {
	const early = runsAt([0, 1, 2, 3, 4], "a");
	const late = runsAt([5, 6, 7, 8, 9], "b");
	expect(compare(request(late, against(early))).overall.reason).toContain("drift of the machine");
	expect(compare(request(late, against(early), { blocks: true })).overall.verdict).toBe("same");
});

test("runs take turns in ABBA and in ABAB order, and not in two blocks or a sandwich", () => {
	const results = (minutes: number[]) =>
		runsAt(minutes, "x", { rate: 10, seconds: 1 }).map((run) => run.result);
	expect(interleaved(results(ABBA.a), results(ABBA.b))).toBe(true);
	expect(interleaved(results([0, 2, 4, 6, 8]), results([1, 3, 5, 7, 9]))).toBe(true);
	expect(interleaved(results([0, 1, 2, 3, 4]), results([5, 6, 7, 8, 9]))).toBe(false);
	expect(interleaved(results([0, 1, 7, 8, 9]), results([2, 3, 4, 5, 6]))).toBe(false);
});

test("four primary metrics get no verdict from five runs, and the reason names the runs needed", () => {
	const primary = "p50 websocket edge, p99 websocket edge, p50 polling edge, p99 polling edge";
	const { overall } = compare(request(runsAt(ABBA.a, "a"), against(runsAt(ABBA.b, "b")), { primary }));
	expect(overall.reason).toContain("4 primary metrics need 6 runs per side, but there are 5, enough for 3");
});

test("runs of different plans are refused, naming the field, both values and both files", () => {
	const other = runsAt(ABBA.b, "b", { rate: 200 });
	expect(() => compare(request(runsAt(ABBA.a, "a"), against(other)))).toThrow(
		"plan.rate differs (400 in a-0.json, 200 in b-1.json)",
	);
});

test("runs that sent messages in batches are not compared with runs that sent them one by one", () => {
	const grouped = runsAt(ABBA.b, "b").map(({ name, result }) => ({
		name,
		result: { ...result, plan: { ...result.plan, grain: 20 } },
	}));
	expect(() => compare(request(runsAt(ABBA.a, "a"), against(grouped)))).toThrow(
		"plan.grain differs (0 in a-0.json, 20 in b-1.json)",
	);
});

test("without a base side the runs are described: edge against direct, and transports against websocket", () => {
	const comparison = compare(request(runsAt(ABBA.a, "a"), { kind: "describe" }, { primary: undefined }));
	expect(comparison.gate).toBe(false);
	expect(comparison.sections.map((section) => section.title)).toEqual([
		"Edge against direct",
		"Other transports against websocket",
	]);
	const added = comparison.sections[0]?.rows.find(
		(row) => row.name === "websocket: edge over direct" && row.quantile === "p50",
	);
	// Simulated with 450 µs more through the edge.
	expect(added?.added?.low).toBeLessThan(0.45);
	expect(added?.added?.high).toBeGreaterThan(0.45);
	expect(added?.added?.estimate).toBeCloseTo(0.45, 1);
	expect(added?.finding?.verdict).toBe("worse");
});

test("one path against another of the same runs is a gate", () => {
	const subject: Subject = { kind: "path", path: "edge", basePath: "direct" };
	expect(compare(request(runsAt(ABBA.a, "a"), subject, { primary: undefined }))).toMatchObject({
		gate: true,
		overall: { verdict: "worse" },
	});
	const wrong: Subject = { kind: "path", path: "edge", basePath: "cdn" };
	expect(() => compare(request(runsAt(ABBA.a, "a"), wrong, { primary: undefined }))).toThrow(
		"--against-path cdn",
	);
});

test("an unmeasured primary metric is refused, listing the measured ones", () => {
	const bad = request(runsAt(ABBA.a, "a"), { kind: "describe" }, { primary: "p99 upgrade edge" });
	expect(() => compare(bad)).toThrow(
		/"p99 upgrade edge" is not QUANTILE TRANSPORT PATH.*polling edge, websocket edge/,
	);
});

test("the JSON has the verdict, every row with its interval, and the ids of the runs", () => {
	const comparison = compare(request(runsAt(ABBA.a, "a"), against(runsAt(ABBA.b, "b"))));
	const json = JSON.parse(comparisonJson(comparison));
	expect(json).toMatchObject({ kind: "sticky-edge/comparison", verdict: "same", margin: 0.1 });
	expect(json.rows).toHaveLength(20);
	expect(json.rows.filter((row: { adjustedP: number | null }) => row.adjustedP !== null)).toHaveLength(2);
	expect(json.runs.base).toEqual(ABBA.b.map((minute) => `b-${minute}`));
});

test("runs of one transport on one path can be judged by budgets alone", () => {
	const runs = runsAt(ABBA.a, "a").map((run) => {
		const groups = run.result.groups.filter(
			({ transport, path }) => `${transport} ${path}` === "websocket edge",
		);
		return { ...run, result: { ...run.result, groups } };
	});
	const describe = (budgets: Budget[]) =>
		compare(request(runs, { kind: "describe" }, { budgets, primary: undefined }));
	expect(() => describe([])).toThrow(/nothing to compare/);
	const { budgets, overall } = describe(
		parseBudgets("p50 edge websocket <= 5 s\np50 step:x edge websocket <= 1 s", "b"),
	);
	expect(budgets.map(({ verdict }) => verdict)).toEqual(["met", "unclear"]);
	expect(budgets[1]!.reason).toContain("The runs have no step:x of websocket on edge");
	expect(overall.reason).toContain("only the budgets are judged");
});
