import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nowUs } from "../../../../loadtest/clients/pacing/clock.ts";
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
	readonly #failure = Promise.withResolvers<never>();
	readonly failed = this.#failure.promise;
	/** A worker ends. */
	fail(error: Error): void {
		this.#failure.reject(error);
	}
	/** What happens in a slot. */
	during: (slot: Slot) => void | Promise<void> = () => {};
	async ready(): Promise<void> {
		this.told.push("ready");
	}
	async load(): Promise<void> {
		this.told.push("load");
	}
	async phases(group: number, sessions: number): Promise<void> {
		this.told.push(`phases ${group} ${sessions}`);
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
	const plan = planFrom({
		paths,
		transports: ["websocket"],
		clients: 3,
		duration: 8,
		phaseSessions: 0,
		...options,
	});
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

test("phases are measured, sessions opened once, then the load groups take turns, and the workers are ended", async () => {
	const { make, workers, plan, progress } = runOf({ phaseSessions: 11 });
	await make();
	expect(workers.told).toEqual([
		...["ready", "load", "phases 0 6", "phases 1 6", "phases 1 5", "phases 0 5", "open"],
		...plan.order.map(() => "slot"),
		"close",
	]);
	expect(workers.slots.map(({ group }) => group)).toEqual([0, 1, 1, 0]);
	expect(progress).toEqual([
		"measuring connection phases",
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
	expect(workers.told).toEqual(["ready", "load", "open", "slot", "halt", "close"]);
	expect(result.interrupted).toBe(true);
});

test("a worker that dies while nobody waits for it ends the run at once", async () => {
	const { make, workers } = runOf({ startAt: Date.now() / 1000 + 600 });
	const ended = expect(make()).rejects.toThrow("worker process 7");
	await vi.advanceTimersByTimeAsync(5000);
	expect(workers.told).toEqual(["ready", "load", "open"]);
	workers.fail(new Error("worker process 7 of the swarm ended (signal SIGKILL)"));
	await ended;
	expect(workers.told).toEqual(["ready", "load", "open", "close"]);
});

test("with --start-at each slot begins at its own instant, however long the one before took to drain", async () => {
	const startAt = Math.ceil(Date.now() / 1000) + 60;
	const { make, workers, progress } = runOf({ startAt, warmup: 0.5, ackTimeout: 3 });
	const toWall = Date.now() * 1000 - nowUs();
	const drains = [500, 3100, 0, 0];
	workers.during = ({ endAt, number }) =>
		new Promise((resolve) => setTimeout(resolve, (endAt - nowUs()) / 1000 + drains[number]!));
	const done = make();
	await vi.advanceTimersByTimeAsync(90_000);
	await done;
	const begins = workers.slots.map(({ measureAt }) => (measureAt + toWall) / 1e6 - startAt);
	// 2 s of measurement, 3.5 s for the drain, 0.5 s of warm-up.
	for (const [i, begin] of begins.entries()) expect(Math.abs(begin - i * 6)).toBeLessThan(0.01);
	expect(progress[1]).toMatch(/^waiting (59|60) s for --start-at$/);
});

test("a run whose sessions are open too late for --start-at ends and says how late", async () => {
	const { make, workers } = runOf({ startAt: Date.now() / 1000 + 10 });
	workers.open = () => vi.advanceTimersByTimeAsync(12_000).then(() => {});
	await expect(make()).rejects.toThrow(/--start-at: all sessions were open 2\.[56] s too late/);
});

test("a worker's failure ends the run, and the workers are ended first", async () => {
	const { make, workers } = runOf();
	workers.during = () => Promise.reject(new Error("worker process 7 of the swarm ended"));
	await expect(make()).rejects.toThrow("worker process 7");
	expect(workers.told.at(-1)).toBe("close");
});
