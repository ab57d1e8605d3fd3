import { expect, test } from "vitest";
import { openingTimes } from "../../../../loadtest/clients/activities/ramp.ts";
import { nowUs } from "../../../../loadtest/clients/pacing/clock.ts";
import { pace } from "../../../../loadtest/clients/pacing/pacer.ts";

const never = new AbortController().signal;

test("every item is handled in order, none before it is due, none left out", async () => {
	const start = nowUs();
	const due = Array.from({ length: 40 }, (_, i) => ({ at: start + i * 700, i }));
	const fired: number[] = [];
	const early: number[] = [];
	await pace(
		due.values(),
		({ at, i }) => {
			fired.push(i);
			if (nowUs() < at) early.push(i);
		},
		never,
	);
	expect(fired).toEqual(due.map(({ i }) => i));
	expect(early).toEqual([]);
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
		({ i }) => {
			fired.push(i);
			stop.abort();
		},
		stop.signal,
	);
	expect(fired).toEqual([0]);
	await pace(
		[{ at: nowUs() + 1000, i: 2 }].values(),
		({ i }) => {
			fired.push(i);
		},
		never,
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
