import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exitReason, WorkerPool, workerArguments } from "../../../../loadtest/clients/run/worker-pool.ts";
import type { Report } from "../../../../loadtest/clients/worker/messages.ts";
import { planFrom } from "../../../../loadtest/plan/plan.ts";
import { FakeWorker } from "../../../support/swarm/fake-worker.ts";

const plan = planFrom({ url: "http://localhost", processes: 2 });
const slot = { number: 0, group: 0, startAt: 0, measureAt: 0, endAt: 0, second: 0 };

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

/** A pool of two fake workers. */
function startPool() {
	const reports: Report[] = [];
	const workers: FakeWorker[] = [];
	const pool = new WorkerPool(
		plan,
		(report) => reports.push(report),
		() => {
			const worker = new FakeWorker(100 + workers.length);
			workers.push(worker);
			return worker.asProcess;
		},
	);
	return { pool, reports, first: workers[0]!, second: workers[1]!, workers };
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	let settled = false;
	promise.then(
		() => {
			settled = true;
		},
		() => {
			settled = true;
		},
	);
	await vi.advanceTimersByTimeAsync(0);
	return settled;
}

test("as many workers start as the plan has processes", () => {
	expect(startPool().workers).toHaveLength(2);
});

test("the pool is ready when every worker is", async () => {
	const { pool, first, second } = startPool();
	const ready = pool.ready();
	first.report({ type: "ready" });
	first.report({ type: "ready" });
	expect(await isSettled(ready)).toBe(false);
	second.report({ type: "ready" });
	await ready;
});

test("an order goes to all workers, each with its number, and is done when all have reported so", async () => {
	const { pool, workers } = startPool();
	const loaded = pool.load(plan);
	expect(workers.map(({ orders }) => orders)).toEqual([
		[{ type: "load", plan, worker: 0 }],
		[{ type: "load", plan, worker: 1 }],
	]);
	for (const worker of workers) worker.report({ type: "slot-done", number: 0 });
	expect(await isSettled(loaded)).toBe(false);
	for (const worker of workers) worker.report({ type: "loaded" });
	await loaded;
});

test("connection phases are measured by the first worker only", async () => {
	const { pool, first, second } = startPool();
	const done = pool.phases(1, 6);
	expect([first.orders, second.orders]).toEqual([[{ type: "phases", group: 1, sessions: 6 }], []]);
	second.report({ type: "phases-done" });
	expect(await isSettled(done)).toBe(false);
	first.report({ type: "phases-done" });
	await done;
});

test("figures are passed on as they arrive", async () => {
	const { pool, workers, reports } = startPool();
	const done = pool.slot(slot);
	const figure = { type: "figure", group: 0, name: "held", value: 1, unit: "", how: "sum" } as const;
	workers[0]!.report(figure);
	for (const worker of workers) worker.report({ type: "slot-done", number: 0 });
	await done;
	expect(reports[0]).toEqual(figure);
});

test.each<[string, (worker: FakeWorker) => void, string]>([
	[
		"that reports a failure",
		(worker) => worker.report({ type: "failed", message: "no memory" }),
		"failed: no memory.",
	],
	["that exits", (worker) => worker.exit(1), "ended (exit code 1); see its own messages above."],
	[
		"that runs out of memory",
		(worker) => worker.exit(null, "SIGABRT"),
		"ended (signal SIGABRT): it ran out of memory, if it says so above; give fewer --clients or more --processes.",
	],
	[
		"that is killed",
		(worker) => worker.exit(null, "SIGKILL"),
		"ended (signal SIGKILL): killed from outside, or by the system because memory ran out; in that case give fewer --clients or a larger machine.",
	],
	[
		"that cannot be started",
		(worker) => worker.emit("error", new Error("EAGAIN")),
		"could not be started or reached: EAGAIN.",
	],
])("a worker %s ends the order, and every later one, with an error that names it", async (_, fail, why) => {
	const { pool, second } = startPool();
	const done = pool.slot(slot);
	fail(second);
	await expect(done).rejects.toThrow(`worker process 101 of the swarm ${why}`);
	await expect(pool.slot(slot)).rejects.toThrow(`worker process 101 of the swarm ${why}`);
	await expect(pool.failed).rejects.toThrow(`worker process 101 of the swarm ${why}`);
});

test.each([
	[134, null, "exit code 134): it ran out of memory, if"],
	[137, null, "exit code 137): killed from outside, or"],
	[null, "SIGTERM", "signal SIGTERM); see"],
	[0, null, "exit code 0); see"],
])("exit code %s and signal %s are explained only as far as they can be", (code, signal, words) => {
	expect(exitReason(code, signal)).toContain(words);
});

test("halt reaches every worker that is still connected", () => {
	const { pool, first, second } = startPool();
	first.connected = false;
	pool.halt();
	expect(first.orders).toEqual([]);
	expect(second.orders).toEqual([{ type: "halt" }]);
});

test("close waits for workers that end by themselves, kills those that do not, and raises no error", async () => {
	const { pool, first, second } = startPool();
	first.obey = ({ type }) => {
		if (type === "close") first.exit(0);
	};
	const closed = pool.close();
	expect(await isSettled(closed)).toBe(false);
	await vi.advanceTimersByTimeAsync(3000);
	await closed;
	expect([first.exitCode, second.signalCode]).toEqual([0, "SIGKILL"]);
});

test("close does not wait for a worker that has ended already", async () => {
	const { pool, workers } = startPool();
	for (const worker of workers) worker.exit(0);
	await pool.close();
	expect(workers.flatMap(({ orders }) => orders)).toEqual([]);
});

test("only the plain client is started without the release build", () => {
	expect(workerArguments({ plainClient: false }).join(" ")).toMatch(/--import .*release-build\.ts/);
	expect(workerArguments({ plainClient: true }).join(" ")).not.toContain("--import");
});
