import { expect, test, vi } from "vitest";
import { openingTimes } from "../../../../loadtest/clients/activities/ramp.ts";
import { nowUs } from "../../../../loadtest/clients/pacing/clock.ts";
import { pace } from "../../../../loadtest/clients/pacing/pacer.ts";
import { Timetable } from "../../../../loadtest/clients/pacing/timetable.ts";

/** A pacer that nothing stops, and the time it has waited awake. */
const pacing = (stop = new AbortController().signal) => ({ stop, sends: { waited: 0 } });

test("every item is handled in order, none before it is due, none left out", async () => {
	const start = nowUs();
	const due = Array.from({ length: 40 }, (_, i) => ({ at: start + i * 700, i }));
	const fired: number[] = [];
	const early: number[] = [];
	await pace(
		due.values(),
		({ at, i }) =>
			() => {
				fired.push(i);
				if (nowUs() < at) early.push(i);
			},
		pacing(),
	);
	expect(fired).toEqual(due.map(({ i }) => i));
	expect(early).toEqual([]);
});

test("each item is prepared before it is due, in order, but at most a millisecond early", async () => {
	const start = nowUs() + 20_000;
	const due = Array.from({ length: 40 }, (_, i) => ({ at: start + i * 700, i }));
	const prepared: number[] = [];
	const early: number[] = [];
	await pace(
		due.values(),
		({ at, i }) => {
			prepared.push(i);
			early.push(at - nowUs());
			return () => {};
		},
		pacing(),
	);
	expect(prepared).toEqual(due.map(({ i }) => i));
	expect(Math.max(...early)).toBeLessThanOrEqual(1000);
	expect(early.filter((us) => us > 0)).not.toEqual([]);
});

test("time spent awake without anything to do is reported as waited", async () => {
	const options = pacing();
	const start = nowUs();
	const due = Array.from({ length: 50 }, (_, i) => ({ at: start + i * 1000 }));
	await pace(due.values(), () => () => {}, options);
	expect(options.sends.waited).toBeGreaterThan(0);
	expect(options.sends.waited).toBeLessThanOrEqual(nowUs() - start);
});

test("an aborted pacer handles no more items and returns, and the next one starts afresh", async () => {
	const stop = new AbortController();
	const fired: number[] = [];
	const due = [
		{ at: nowUs(), i: 0 },
		{ at: nowUs() + 3_600_000_000, i: 1 },
	];
	await pace(
		due.values(),
		({ i }) =>
			() => {
				fired.push(i);
				stop.abort();
			},
		pacing(stop.signal),
	);
	expect(fired).toEqual([0]);
	await pace(
		[{ at: nowUs() + 1000, i: 2 }].values(),
		({ i }) =>
			() => {
				fired.push(i);
			},
		pacing(),
	);
	expect(fired).toEqual([0, 2]);
});

test("a ramp opens peak rate × seconds ÷ 2 sessions, a quarter of them in the first half, divided among the workers", () => {
	const shares = [0, 1].map((worker) => [...openingTimes(400, 0, 10_000_000, worker, 2)]);
	const all = shares.flat().sort((a, b) => a.number - b.number);
	expect(all).toHaveLength(2000);
	expect(all.filter(({ at }) => at < 5_000_000)).toHaveLength(500);
	expect(all.every(({ at }, i) => at > (all[i - 1]?.at ?? -1))).toBe(true);
});

test("an item that is added while the pacer sleeps is handled when it is due, and the pacer ends after it", async () => {
	const timetable = new Timetable([{ at: nowUs(), i: 0 }].values());
	const fired: number[] = [];
	const early: number[] = [];
	const withdraw = timetable.expect();
	setTimeout(() => {
		timetable.add({ at: nowUs() + 5000, i: 1 });
		withdraw();
	}, 20);
	await pace(
		timetable,
		({ at, i }) =>
			() => {
				fired.push(i);
				if (nowUs() < at) early.push(i);
			},
		pacing(),
	);
	expect(fired).toEqual([0, 1]);
	expect(early).toEqual([]);
});

test("an item that was prepared when the pacer is aborted is still handled when it is due, and no other one", async () => {
	const stop = new AbortController();
	const fired: number[] = [];
	const early: number[] = [];
	const start = nowUs() + 2000;
	const due = Array.from({ length: 3 }, (_, i) => ({ at: start + i * 20_000, i }));
	await pace(
		due.values(),
		({ at, i }) => {
			setImmediate(() => stop.abort());
			return () => {
				fired.push(i);
				if (nowUs() < at) early.push(i);
			};
		},
		pacing(stop.signal),
	);
	expect(fired).toEqual([0]);
	expect(early).toEqual([]);
});

test("items that are added by items keep one turn waiting and not one for each", async () => {
	const original = globalThis.setImmediate;
	let waiting = 0;
	let most = 0;
	const spy = vi.spyOn(globalThis, "setImmediate").mockImplementation(((callback: () => void) => {
		waiting += 1;
		most = Math.max(most, waiting);
		return original(() => {
			waiting -= 1;
			callback();
		});
	}) as typeof setImmediate);
	const timetable = new Timetable([{ at: nowUs(), left: 20 }].values());
	const withdraw = timetable.expect();
	await pace(
		timetable,
		({ at, left }) =>
			() => {
				if (left > 0) timetable.add({ at: at + 500, left: left - 1 });
				else withdraw();
			},
		pacing(),
	);
	spy.mockRestore();
	expect(most).toBe(1);
});
