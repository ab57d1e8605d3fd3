import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { runSwarm } from "../../loadtest/clients/run.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { Histogram } from "../../loadtest/record/histogram.ts";
import type { Group, Metric, Result } from "../../loadtest/record/result.ts";
import { startDelayServer } from "../support/swarm-delays.ts";
import { startTarget } from "../support/swarm-target.ts";

const quiet = { progress: () => {} };

/** Microseconds of a quantile of one path's metric. */
function at(result: Result, path: string, metric: Metric, q: number): number {
	const group = result.groups.find((one: Group) => one.path === path);
	return Histogram.fromRecord(group!.metrics[metric]!.histogram).quantile(q);
}

/** The same of logged delays, exact. */
function logged(delays: readonly number[], q: number): number {
	const sorted = [...delays].sort((a, b) => a - b);
	return sorted[Math.ceil(q * sorted.length) - 1]!;
}

test("what the server really took is what the swarm says", { timeout: 60_000 }, async () => {
	await using control = await startDelayServer({ usual: 0, slowPercent: 0, slow: 0, stallFrom: 0 });
	await using slow = await startDelayServer({ usual: 20, slowPercent: 2, slow: 200, stallFrom: 0 });
	await using stalled = await startDelayServer({ usual: 20, slowPercent: 2, slow: 200, stallFrom: 150 });
	const paths = `control=${control.url},slow=${slow.url},stalled=${stalled.url}`;
	const plan = planFrom({
		paths,
		transports: ["websocket"],
		clients: 20,
		rate: 200,
		duration: 15,
		warmup: 0,
	});
	const result = await runSwarm(plan, quiet, new AbortController().signal);
	const noise = at(result, "control", "ack", 0.99);
	for (const [path, server] of [
		["slow", slow],
		["stalled", stalled],
	] as const) {
		// The first acknowledgement of the preflight and of each session is no load.
		const delays = (await server.log()).slice(plan.clients + 1);
		const group = result.groups.find((one) => one.path === path)!;
		expect(delays).toHaveLength(group.counts.received);
		const p50 = logged(delays, 0.5);
		expect(Math.abs(at(result, path, "ack", 0.5) - p50)).toBeLessThan(
			Math.max(1000 + at(result, "control", "ack", 0.5), p50 * 0.05),
		);
		const p99 = logged(delays, 0.99);
		expect(Math.abs(at(result, path, "ack", 0.99) - p99)).toBeLessThan(Math.max(noise, p99 * 0.05));
	}
	expect(at(result, "stalled", "ack", 0.99)).toBeGreaterThan(500_000);
	expect(at(result, "slow", "ack", 0.99)).toBeLessThan(400_000);
});

test("a stall of the sender stands in the response time, and service time alone would hide it", {
	timeout: 30_000,
}, async () => {
	await using target = await startTarget();
	const plan = planFrom({
		url: target.url,
		transports: ["websocket"],
		clients: 5,
		rate: 200,
		duration: 3,
		warmup: 0.2,
	});
	const hooks = {
		progress: (line: string) => {
			if (!line.startsWith("slot 1")) return;
			setTimeout(() => freezeWorkers(1000), 1000);
		},
	};
	const result = await runSwarm(plan, hooks, new AbortController().signal);
	expect(at(result, "target", "ack", 0.99)).toBeGreaterThan(700_000);
	expect(at(result, "target", "ack_service", 0.99)).toBeLessThan(400_000);
	expect(result.groups[0]!.counts.late).toBeGreaterThan(150);
});

/** Stops this process's swarm workers, as a machine does that has no time for them. */
async function freezeWorkers(milliseconds: number): Promise<void> {
	const workers = await swarmWorkers();
	expect(workers.length).toBeGreaterThan(0);
	for (const pid of workers) process.kill(pid, "SIGSTOP");
	setTimeout(() => {
		for (const pid of workers) process.kill(pid, "SIGCONT");
	}, milliseconds);
}

/** Children of this process (of any of its threads) that run the swarm's worker file. */
async function swarmWorkers(): Promise<number[]> {
	const { readdir } = await import("node:fs/promises");
	const tasks = await readdir(`/proc/${process.pid}/task`);
	const lists = await Promise.all(
		tasks.map((task) => readFile(`/proc/${process.pid}/task/${task}/children`, "utf8")),
	);
	const pids = lists.flatMap((list) => list.trim().split(" ").filter(Boolean).map(Number));
	const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8")));
	return pids.filter((_, i) => lines[i]!.includes("clients/worker.ts"));
}
