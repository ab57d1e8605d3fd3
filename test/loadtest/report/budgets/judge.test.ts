import { describe, expect, test } from "vitest";
import type { Result } from "../../../../loadtest/record/result.ts";
import { Tally } from "../../../../loadtest/record/tally.ts";
import { checkMeasured, parseBudgets } from "../../../../loadtest/report/budgets/budget.ts";
import { decide, judgeRun, neededFor } from "../../../../loadtest/report/budgets/judge.ts";
import { needText } from "../../../../loadtest/report/budgets/result.ts";
import { drawResult } from "../../../support/report/results.ts";

const budgets = (...lines: string[]) => parseBudgets(lines.join("\n"), "budgets.txt");

/** A run whose websocket messages took these times, in milliseconds, on each path. `lost` of them were never answered. */
function runOf(paths: Record<string, readonly number[]>, lost = 0): Result {
	const drawn = drawResult({ transports: ["websocket"], paths: Object.keys(paths) });
	const groups = drawn.groups.map((group) => {
		const tally = new Tally();
		const times = paths[group.path]!;
		for (const ms of times) tally.record("ack", 0, ms * 1000);
		for (let i = 0; i < lost; i++) tally.record("ack", 0, drawn.plan.ackTimeout * 1e6);
		const sent = times.length + lost;
		Object.assign(tally.counts, { due: sent, sent, received: times.length, lost, timedOut: lost });
		return tally.toGroup({ transport: group.transport, path: group.path, seconds: 1 });
	});
	return { ...drawn, groups };
}

/** `fast` times of 1 ms, then `slow` times of 10 ms. */
function times(fast: number, slow: number): number[] {
	return [...Array<number>(fast).fill(1), ...Array<number>(slow).fill(10)];
}

function verdictOn(line: string, run: Result) {
	return judgeRun(budgets(line), run)[0]!;
}

describe("a budget on one run", () => {
	test.each([
		// Exact: the least number of messages of which none may be slow is 368.
		["p99 edge websocket <= 5 ms", times(368, 0), "met"],
		["p99 edge websocket <= 5 ms", times(367, 0), "unclear"],
		["p99 edge websocket <= 5 ms", times(300, 1), "unclear"],
		["p99 edge websocket <= 5 ms", times(280, 20), "missed"],
		["p95 edge websocket <= 5 ms", times(72, 0), "met"],
		["share <= 5 ms edge websocket >= 99 %", times(368, 0), "met"],
		["share <= 5 ms edge websocket >= 99 %", times(367, 0), "unclear"],
		["share <= 5 ms edge websocket >= 99 %", times(280, 20), "missed"],
		["share <= 5 ms edge websocket >= 100 %", times(50, 0), "met"],
		["share <= 5 ms edge websocket >= 100 %", times(5000, 1), "missed"],
		["loss edge websocket <= 1 %", times(368, 0), "met"],
		["loss edge websocket <= 1 %", times(367, 0), "unclear"],
		["loss edge websocket <= 0 %", times(10, 0), "met"],
	] as const)("%s", (line, measured, verdict) => {
		expect(verdictOn(line, runOf({ edge: measured })).verdict).toBe(verdict);
	});

	test("counts lost messages as within no limit, however long", () => {
		const run = runOf({ edge: times(900, 0) }, 100);
		for (const line of ["share <= 100 s edge websocket >= 99 %", "p99 edge websocket <= 100 s"])
			expect(verdictOn(line, run).verdict).toBe("missed");
		expect(verdictOn("p50 edge websocket <= 5 ms", run).verdict).toBe("met");
		expect(verdictOn("loss edge websocket <= 5 %", run)).toMatchObject({
			verdict: "missed",
			measured: { estimate: 0.1 },
		});
	});

	test("counts sessions that never opened against a share of those that connected in time", () => {
		const run = drawResult({ transports: ["websocket"], paths: ["edge"] });
		run.groups[0]!.counts.sessionsTried = 100;
		expect(verdictOn("share <= 60 s connect edge websocket >= 50 %", run)).toMatchObject({
			verdict: "missed",
			measured: { estimate: 0.1 },
		});
	});

	test("names how many messages would decide, and that many do", () => {
		const { verdict, reason } = verdictOn(
			"share <= 5 ms edge websocket >= 98 %",
			runOf({ edge: times(297, 3) }),
		);
		expect(verdict).toBe("unclear");
		expect(reason).toMatch(
			/^measured 99 %, 95 % interval 97\.1 % to 99\.79 %; 300 messages; about [\d,]+ would decide$/,
		);
		const needed = Number(/about ([\d,]+) would/.exec(reason)?.[1]?.replaceAll(",", ""));
		expect(decide({ least: 297, most: 297 }, 300, 0.98)).toBe("unclear");
		const scaled = Math.round(0.99 * needed);
		expect(decide({ least: scaled, most: scaled }, needed, 0.98)).toBe("met");
		expect(needed).toBeLessThan(2000);
	});

	test.each([
		["p99 edge websocket <= 5 ms", "300 messages; about 400 would decide"],
		["p99 gap edge websocket <= 5 ms", "300 gaps; about 400 would decide"],
		["p99 step:join edge websocket <= 5 ms", "300 steps; about 400 would decide"],
		["p99 fanout_last edge websocket <= 5 ms", "300 broadcasts; about 400 would decide"],
		["p99 connect edge websocket <= 5 ms", "300 sessions; about 400 would decide"],
	])("counts what its metric measures: %s", (line, text) => {
		expect(needText(budgets(line)[0]!, 300, 400)).toBe(text);
	});

	test("says so when no number of messages would decide", () => {
		expect(neededFor({ least: 297, most: 297 }, 300, 0.99)).toBeNull();
		const { reason } = verdictOn("share <= 5 ms edge websocket >= 99 %", runOf({ edge: times(297, 3) }));
		expect(reason).toContain("300 messages; too close to the limit for any number to decide");
	});

	test("on a limit inside one of the histogram's buckets is unclear instead of guessed", () => {
		// 100.0 ms and 100.4 ms share a bucket, which is 0.8 % wide.
		const run = runOf({ edge: Array(500).fill(100.2) });
		expect(verdictOn("share <= 100.19 ms edge websocket >= 99 %", run).verdict).toBe("unclear");
		expect(verdictOn("share <= 101 ms edge websocket >= 99 %", run).verdict).toBe("met");
		expect(verdictOn("share <= 99 ms edge websocket >= 99 %", run).verdict).toBe("missed");
	});

	test("that is -added needs both paths, and its interval is that of both", () => {
		const run = runOf({ direct: times(500, 0), edge: times(100, 400) });
		const added = (limit: number) => verdictOn(`p50 edge-added websocket <= ${limit} ms`, run).verdict;
		expect([added(20), added(8)]).toEqual(["met", "missed"]);
		const few = runOf({ direct: times(3, 0), edge: times(3, 0) });
		expect(verdictOn("p50 edge-added websocket <= 20 ms", few)).toMatchObject({ verdict: "unclear" });
	});

	test("on what the run has not measured is unclear and says what is missing", () => {
		const { verdict, measured, reason } = verdictOn(
			"p50 upgrade edge websocket <= 5 ms",
			runOf({ edge: times(9, 0) }),
		);
		expect({ verdict, measured }).toEqual({ verdict: "unclear", measured: null });
		expect(reason).toBe("the run has no upgrade of websocket on edge; see its errors");
	});
});

describe("a budget is refused before the run", () => {
	const groups = [
		{ transport: "websocket", path: "direct" },
		{ transport: "websocket", path: "edge" },
	] as const;

	test.each([
		[
			"p99 cdn websocket <= 5 ms",
			"websocket on cdn is not measured; the run has websocket direct, websocket edge.",
		],
		["loss edge polling <= 1 %", "polling on edge is not measured"],
		["p99 direct-added websocket <= 5 ms", "direct is the path that the others are compared with"],
	])("%s", (line, why) => {
		expect(() => checkMeasured(budgets(line), groups)).toThrow(why);
	});

	test("when its base path is not measured with that transport", () => {
		const lopsided = [groups[0], { transport: "polling", path: "edge" }] as const;
		expect(() => checkMeasured(budgets("p99 edge-added polling <= 5 ms"), lopsided)).toThrow(
			"polling on direct is not measured",
		);
	});

	test("unless all is measured", () => {
		expect(() => checkMeasured(budgets("p99 edge-added websocket <= 5 ms"), groups)).not.toThrow();
	});
});
