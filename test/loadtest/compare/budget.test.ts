import { expect, test } from "vitest";
import { checkBudget, verdictFor } from "../../../loadtest/compare/budget-result.ts";
import { exitCodeOf } from "../../../loadtest/compare/command.ts";
import { checkMeasured, parseBudgets } from "../../../loadtest/report/budgets/budget.ts";
import { drawResult } from "../../support/report/results.ts";

const runs = (count: number) =>
	Array.from({ length: count }, (_, at) => drawResult({ seed: 40 + at, index: at + 1 }));
const budget = (text: string) => parseBudgets(text, "budgets.txt")[0]!;

test("a budget file is read line by line, skipping comments and blank lines", () => {
	const share = { measure: "share", path: "edge", added: false };
	const text =
		"# latency\n\np99 edge-added websocket <= 5 ms\np99.9 direct polling <= 1.5 s # tail\nloss edge polling <= 0.1 %\nshare <= 200 ms edge websocket >= 99 %\nshare <=1.5s connect edge upgrade >= 90%\np50 connect edge websocket <= 50 ms\n";
	expect(parseBudgets(text, "b").map(({ text: _, ...rest }) => rest)).toEqual([
		{
			measure: "p99",
			metric: "ack",
			path: "edge",
			added: true,
			transport: "websocket",
			limit: 5,
			within: null,
		},
		{
			measure: "p999",
			metric: "ack",
			path: "direct",
			added: false,
			transport: "polling",
			limit: 1500,
			within: null,
		},
		{
			measure: "loss",
			metric: "ack",
			path: "edge",
			added: false,
			transport: "polling",
			limit: 0.001,
			within: null,
		},
		{ ...share, metric: "ack", transport: "websocket", limit: 0.99, within: 200 },
		{ ...share, metric: "connect", transport: "upgrade", limit: 0.9, within: 1500 },
		{
			measure: "p50",
			metric: "connect",
			path: "edge",
			added: false,
			transport: "websocket",
			limit: 50,
			within: null,
		},
	]);
});

test.each([
	["p99 edge websocket < 5 ms", "exactly one <= is needed"],
	["p99 edge websockets <= 5 ms", '"websockets" is not a transport'],
	["p97 edge websocket <= 5 ms", '"p97" is neither a quantile'],
	["p99 edge websocket <= 5", "the limit needs a number and ms or s"],
	["loss edge websocket <= 5 ms", "the limit needs a number and %"],
	["p99 websocket <= 5 ms", "a path is needed"],
	["p99 latency edge websocket <= 5 ms", '"latency" is not a metric'],
	["loss edge-added websocket <= 1 %", "loss cannot be -added"],
	["share edge websocket >= 99 %", "exactly one <= is needed"],
	["share <= 200 ms edge websocket", "a share needs a time, then >= and a percentage"],
	["share <= 200 edge websocket >= 99 %", "a share needs a time, then >= and a percentage"],
	["share <= 200 ms edge websocket >= 5 ms", "the share needs a number up to 100 and %"],
	["share <= 200 ms edge websocket >= 101 %", "the share needs a number up to 100 and %"],
	["share <= 200 ms edge-added websocket >= 99 %", "a share cannot be -added"],
	["share <= 200 ms edge smoke >= 99 %", '"smoke" is not a transport'],
])("the line %s is refused with file, line and fix", (line, cause) => {
	expect(() => parseBudgets(`# first\n${line}`, "gate.txt")).toThrow(`gate.txt:2: "${line}": ${cause}`);
});

test("an empty budget file is refused, because it would check nothing", () => {
	expect(() => parseBudgets("# nothing\n", "gate.txt")).toThrow("gate.txt contains no budget");
});

test("a budget is met when the whole interval keeps it, missed when none of it does, otherwise unclear", () => {
	const measured = { estimate: 5, low: 4, high: 6, confidence: 0.95 };
	expect([7, 6, 5, 4, 3].map((limit) => verdictFor(measured, limit))).toEqual([
		"met",
		"met",
		"unclear",
		"unclear",
		"missed",
	]);
});

test("five runs give a budget verdict, fewer are indicative", () => {
	// Simulated with a median of 0.9 ms direct and 0.45 ms more through the edge.
	const line = budget("p50 edge-added websocket <= 0.9 ms");
	expect(checkBudget(line, runs(5))).toMatchObject({ verdict: "met", indicative: false });
	expect(checkBudget(line, runs(2))).toMatchObject({ verdict: "met", indicative: true });
	expect(checkBudget(budget("p50 edge websocket <= 1 ms"), runs(5)).verdict).toBe("missed");
	expect(checkBudget(budget("loss edge websocket <= 0 %"), runs(5)).verdict).toBe("met");
});

test("five runs give a verdict on the share answered in time, in which lost messages are never in time", () => {
	const within = (share: number) =>
		checkBudget(budget(`share <= 2 ms edge websocket >= ${share} %`), runs(5));
	expect([within(50), within(99.9)].map(({ verdict }) => verdict)).toEqual(["met", "missed"]);
	const all = budget("share <= 60 s edge websocket >= 100 %");
	expect(checkBudget(all, runs(5)).verdict).toBe("met");
	const lossy = runs(5);
	for (const { groups } of lossy) for (const { counts } of groups) counts.lost = 5;
	expect(checkBudget(all, lossy)).toMatchObject({ verdict: "missed", measured: { estimate: 0.99 } });
});

test("a budget is unclear when the runs are too small for its quantile", () => {
	const result = checkBudget(budget("p99.9 edge websocket <= 100 ms"), runs(5));
	expect(result).toMatchObject({ verdict: "unclear", measured: null });
});

test("the error for a budget on an unmeasured group lists the measured ones", () => {
	expect(() => checkBudget(budget("p99 cdn websocket <= 5 ms"), runs(1))).toThrow(
		"websocket on cdn was not measured; the runs have polling direct, polling edge, websocket direct, websocket edge",
	);
});

test("budgets decide the exit code of a description, and add to the verdict of a gate", () => {
	const overall = { verdict: "unclear" as const, reason: "", next: "", runs: 0 };
	const met = checkBudget(budget("p50 edge websocket <= 5 ms"), runs(5));
	const missed = checkBudget(budget("p50 edge websocket <= 1 ms"), runs(5));
	const few = checkBudget(budget("p50 edge websocket <= 1 ms"), runs(2));
	const code = (gate: boolean, ...budgets: (typeof met)[]) => exitCodeOf({ gate, overall, budgets });
	expect([code(false), code(false, met), code(false, met, missed), code(false, met, few)]).toEqual([
		4, 0, 1, 4,
	]);
	expect([code(true, met), code(true, missed)]).toEqual([4, 1]);
});

test("a budget on a step that the flow does not have is refused before the run", () => {
	const groups = [{ transport: "websocket", path: "edge" } as const];
	const budgets = [budget("p50 step:say edge websocket <= 1 s")];
	expect(() => checkMeasured(budgets, groups, ["join", "say"])).not.toThrow();
	expect(() => checkMeasured(budgets, groups)).not.toThrow();
	expect(() => checkMeasured(budgets, groups, ["join"])).toThrow(/no step:say; its steps are join/);
	expect(() => checkMeasured(budgets, groups, [])).toThrow(/only a flow has steps/);
});
