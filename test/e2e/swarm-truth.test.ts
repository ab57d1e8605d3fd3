import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { startTarget } from "../support/swarm/target.ts";
import { quantileAt } from "../support/swarm/truth.ts";

test("a stall of the sender shows in response time, and service time alone would hide it", {
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
		phaseSessions: 0,
	});
	const hooks = {
		progress: (line: string) => {
			if (!line.startsWith("slot 1")) return;
			setTimeout(() => freezeWorkers(1000), 1000);
		},
	};
	const result = await runSwarm(plan, hooks, new AbortController().signal);
	expect(quantileAt(result, "target", "ack", 0.99)).toBeGreaterThan(700_000);
	expect(quantileAt(result, "target", "ack_service", 0.99)).toBeLessThan(400_000);
	expect(result.groups[0]!.counts.late).toBeGreaterThan(150);
});

/** Stops this process's swarm workers, like a machine that has no processor time for them. */
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
	const tasks = await readdir(`/proc/${process.pid}/task`);
	const lists = await Promise.all(
		tasks.map((task) => readFile(`/proc/${process.pid}/task/${task}/children`, "utf8")),
	);
	const pids = lists.flatMap((list) => list.trim().split(" ").filter(Boolean).map(Number));
	const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8")));
	return pids.filter((_, i) => lines[i]!.includes("clients/worker/worker.ts"));
}
