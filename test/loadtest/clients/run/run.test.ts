import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Slot } from "../../../../loadtest/clients/pacing/slot.ts";
import { Run, type Workers } from "../../../../loadtest/clients/run/run.ts";
import type { LiveView } from "../../../../loadtest/clients/view/live.ts";
import type { Report } from "../../../../loadtest/clients/worker/messages.ts";
import { type PlanOptions, planFrom } from "../../../../loadtest/plan/plan.ts";
import type { Result } from "../../../../loadtest/record/result.ts";
import { Tally } from "../../../../loadtest/record/tally.ts";

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

/** Workers that do what they are told at once, and keep what they were told. */
class FakeWorkers implements Workers {
	readonly told: string[] = [];
	readonly slots: Slot[] = [];
	/** What happens in a slot. */
	during: (slot: Slot) => void | Promise<void> = () => {};
	async ready(): Promise<void> {
		this.told.push("ready");
	}
	async open(): Promise<void> {
		this.told.push("open");
	}
	async slot(slot: Slot): Promise<void> {
		this.told.push("slot");
		this.slots.push(slot);
		await this.during(slot);
	}
	halt(): void {
		this.told.push("halt");
	}
	async close(): Promise<void> {
		this.told.push("close");
	}
}

function runOf(options: PlanOptions = {}) {
	const paths = "direct=http://localhost:1,edge=http://localhost:2";
	const plan = planFrom({ paths, transports: ["websocket"], clients: 3, duration: 8, ...options });
	const stop = new AbortController();
	const progress: string[] = [];
	const views: LiveView[] = [];
	const partial: Result[] = [];
	const hooks = {
		progress: (line: string) => progress.push(line),
		live: (view: LiveView) => views.push(view),
		partial: (result: Result) => void partial.push(result),
	};
	const workers = new FakeWorkers();
	let report: (report: Report) => void = () => {};
	const make = () =>
		new Run(plan, hooks, stop.signal, null).make((onReport) => {
			report = onReport;
			return workers;
		});
	return { make, workers, plan, stop, progress, views, partial, report: (one: Report) => report(one) };
}

test("sessions are opened once, then the load groups take turns, and the workers are ended", async () => {
	const { make, workers, plan, progress } = runOf();
	await make();
	expect(workers.told).toEqual(["ready", "open", ...plan.order.map(() => "slot"), "close"]);
	expect(workers.slots.map(({ group }) => group)).toEqual([0, 1, 1, 0]);
	expect(progress).toEqual([
		"opening 6 sessions",
		"slot 1 of 4: websocket direct, 2.0 s",
		"slot 2 of 4: websocket edge, 2.0 s",
		"slot 3 of 4: websocket edge, 2.0 s",
		"slot 4 of 4: websocket direct, 2.0 s",
	]);
});

test("a slot has its warm-up, then its measurement", async () => {
	const { make, workers } = runOf({ warmup: 0.5 });
	await make();
	for (const { startAt, measureAt, endAt } of workers.slots) {
		expect(measureAt - startAt).toBe(500_000);
		expect(endAt - measureAt).toBe(2_000_000);
	}
	expect(workers.slots[0]!.second).toBe(0);
});

test("a ramp opens no sessions before its slots", async () => {
	const { make, progress } = runOf({ scenario: "ramp" });
	await make();
	expect(progress.some((line) => line.startsWith("opening"))).toBe(false);
});

test("what the workers report is in the result, and in the partial result after each slot", async () => {
	const { make, workers, partial, report } = runOf();
	workers.during = ({ group }) => {
		const tally = new Tally();
		tally.counts.received = 10;
		report({ type: "delta", group, delta: tally.take()! });
	};
	const result = await make();
	expect(partial.map(({ groups }) => groups.map(({ counts }) => counts.received))).toEqual([
		[10, 0],
		[10, 10],
		[10, 20],
		[20, 20],
	]);
	expect(result.groups.map(({ counts }) => counts.received)).toEqual([20, 20]);
});

test("each second the view is shown, and every 10 s the partial result is saved", async () => {
	const { make, workers, views, partial } = runOf({ paths: "edge=http://localhost:2" });
	workers.during = () => vi.advanceTimersByTimeAsync(20_000).then(() => {});
	await make();
	expect(views).toHaveLength(20);
	expect(views[0]).toMatchObject({ phase: "slot 1 of 1: websocket edge" });
	expect(partial).toHaveLength(2 + 1);
});

test("an interrupted run halts its workers, starts no further slot, and marks the result", async () => {
	const { make, workers, stop } = runOf();
	workers.during = () => stop.abort();
	const result = await make();
	expect(workers.told).toEqual(["ready", "open", "slot", "halt", "close"]);
	expect(result.interrupted).toBe(true);
});

test("a worker's failure ends the run, and the workers are ended first", async () => {
	const { make, workers } = runOf();
	workers.during = () => Promise.reject(new Error("worker process 7 of the swarm ended"));
	await expect(make()).rejects.toThrow("worker process 7");
	expect(workers.told.at(-1)).toBe("close");
});
