import { spawn } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { type PlanOptions, planFrom } from "../../loadtest/plan/plan.ts";
import type { Result } from "../../loadtest/record/result.ts";
import { type Stack, startStack } from "../../origin/stack.ts";

let stack: Stack;

beforeAll(async () => {
	stack = await startStack({});
});

afterAll(() => stack.stop());

/** One short run of a scenario through the edge. Runs share the machine: the tests show that they work, not how fast. */
function scenario(name: string, options: PlanOptions): Promise<Result> {
	const short = {
		clients: 12,
		rate: 20,
		warmup: 0.2,
		phaseSessions: 0,
		duration: 3,
		transports: ["websocket"] as const,
		insecure: true,
	};
	const plan = planFrom({ url: stack.https, scenario: name, ...short, ...options });
	return runSwarm(plan, { progress: () => {} }, new AbortController().signal);
}

function outcomes(result: Result): Record<string, number> {
	return Object.fromEntries((result.outcomes ?? []).map(({ name, value }) => [name, value]));
}

test.concurrent("fanout: every subscriber on every node receives every message once, and probes are timed", {
	timeout: 60_000,
}, async () => {
	const { groups } = await scenario("fanout", { probes: 4 });
	const [group] = groups;
	const published = group!.metrics.ack!.histogram.count;
	expect(published).toBe(60);
	expect(group!.counts).toMatchObject({
		due: 11 * published,
		received: 11 * published,
		lost: 0,
		doubled: 0,
		reordered: 0,
	});
	expect(group!.metrics.fanout_last!.histogram.count).toBe(published);
	expect(group!.metrics.fanout_first!.histogram.min).toBeLessThanOrEqual(
		group!.metrics.fanout_last!.histogram.min,
	);
});

test.concurrent("ramp: sessions are opened at a rising rate, at most a quarter of them in the first half", {
	timeout: 60_000,
}, async () => {
	const { groups } = await scenario("ramp", { connectRate: 20, duration: 4, warmup: 0 });
	expect(groups[0]!.counts).toMatchObject({ sessionsTried: 40, sessionsOpen: 40 });
	const early = groups[0]!.metrics.connect!.windows.filter(({ second }) => second < 2);
	expect(early.reduce((sum, { histogram }) => sum + histogram.count, 0)).toBeLessThanOrEqual(10);
});

test.concurrent.each(["abrupt", "graceful"] as const)(
	"storm: all sessions cut (%s) come back by themselves",
	{ timeout: 60_000 },
	async (cut) => {
		const result = await scenario("storm", { cut, duration: 5 });
		expect(outcomes(result)).toMatchObject({ sessions_cut: 12, sessions_back: 12 });
		expect(result.groups[0]!.metrics.recover!.histogram.count).toBe(12);
		expect(result.groups[0]!.metrics.recover!.histogram.min).toBeGreaterThan(400_000);
	},
);

test.concurrent("storm: polling sessions come back when their polls are cut", {
	timeout: 60_000,
}, async () => {
	const result = await scenario("storm", { transports: ["polling"], duration: 5 });
	expect(outcomes(result)).toMatchObject({ sessions_cut: 12, sessions_back: 12 });
});

test.concurrent("idle: sessions are held without messages, and memory is recorded", {
	timeout: 60_000,
}, async () => {
	const result = await scenario("idle", { watch: { edge: stack.pid } });
	expect(outcomes(result)).toMatchObject({ sessions_held: 12 });
	expect(outcomes(result)["memory_most edge"]).toBeGreaterThan(1e6);
	expect(result.groups[0]!.counts.due).toBe(0);
});

test.concurrent("idle: sessions held are those of all worker processes, not of one", {
	timeout: 60_000,
}, async () => {
	const result = await scenario("idle", { clients: 40, processes: 2, transports: ["polling", "websocket"] });
	const held = (result.outcomes ?? []).filter(({ name }) => name === "sessions_held");
	expect(held.map(({ transport, value }) => [transport, value])).toEqual([
		["polling", 40],
		["websocket", 40],
	]);
});

test.concurrent("echo: the CPU of watched processes is told by message, and one that ends is a doubt", {
	timeout: 60_000,
}, async () => {
	const brief = spawn("sleep", ["4"]);
	const watch = { edge: stack.pid, brief: brief.pid! };
	const result = await scenario("echo", { watch, rate: 100, duration: 5, connectRate: 50 });
	const found = outcomes(result);
	expect(found["cpu_ms edge"]).toBeGreaterThan(0);
	expect(found["cpu_per_1000_messages edge"]).toBeCloseTo(found["cpu_ms edge"]! * 2, 6);
	expect(Object.keys(found).filter((name) => name.startsWith("cpu_ms"))).toEqual(["cpu_ms edge"]);
	expect(result.groups[0]!.counts.received).toBe(500);
	expect(result.validity.flags.map(({ code }) => code)).toContain("process_gone");
});

test.concurrent("soak: sends and receives like echo", { timeout: 60_000 }, async () => {
	const { groups } = await scenario("soak", {});
	expect(groups[0]!.counts).toMatchObject({ due: 60, received: 60 });
});

test.concurrent("chaos: the command runs in its second, and the result has its exit code", {
	timeout: 60_000,
}, async () => {
	const result = await scenario("chaos", { chaosRun: "exit 7", chaosAt: 1 });
	expect(outcomes(result)).toMatchObject({ chaos_exit_code: 7 });
});
