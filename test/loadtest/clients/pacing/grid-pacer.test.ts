import { expect, test } from "vitest";
import { midTickAfter, nowUs, TICK_US } from "../../../../loadtest/clients/pacing/clock.ts";
import { paceOnGrid } from "../../../../loadtest/clients/pacing/grid-pacer.ts";

const never = new AbortController().signal;

test("groups are sent in order, none more than half a tick early, none left out", async () => {
	const start = midTickAfter(nowUs() + 5000);
	const due = Array.from({ length: 60 }, (_, i) => ({ at: start + Math.floor(i / 4) * 10 * TICK_US, i }));
	const fired: number[] = [];
	const early: number[] = [];
	await paceOnGrid(
		due.values(),
		({ at, i }) => {
			fired.push(i);
			if (nowUs() < at - TICK_US / 2) early.push(i);
		},
		never,
	);
	expect(fired).toEqual(due.map(({ i }) => i));
	expect(early).toEqual([]);
});

test("an aborted grid pacer handles no more items and returns", async () => {
	const stop = new AbortController();
	const start = nowUs();
	const fired: number[] = [];
	const due = [0, 0, 3_600_000_000].map((later, i) => ({ at: start + later, i }));
	await paceOnGrid(
		due.values(),
		({ i }) => {
			fired.push(i);
			stop.abort();
		},
		stop.signal,
	);
	expect(fired).toEqual([0]);
});

test("the next mid-tick time lies in the middle of a timer's tick, less than a tick later", () => {
	for (const at of [0, 1, 499, 500, 501, 999, 1000, 123_456.7]) {
		const middle = midTickAfter(at);
		expect(middle % TICK_US).toBe(TICK_US / 2);
		expect(middle).toBeGreaterThanOrEqual(at);
		expect(middle).toBeLessThan(at + TICK_US);
	}
});
