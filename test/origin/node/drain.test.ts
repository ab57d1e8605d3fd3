import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { closeDelayMs, type DrainProgress, drainSessions } from "../../../origin/node/drain.ts";

class FakeSession extends EventEmitter {
	closes: (boolean | undefined)[] = [];
	close(discard?: boolean) {
		this.closes.push(discard);
	}
}

test.each([
	[200, 0, 2.5],
	[200, 0.5, 5],
	[200, 0.999_999, 7.5],
	[1, 0.5, 1_000],
])("at %i closes per second and random value %f the delay is %f ms", (rate, random, delay) => {
	expect(closeDelayMs(rate, random)).toBeCloseTo(delay, 2);
});

test("the progress shows the wait, every close, and the sessions dropped at the deadline", async () => {
	const willing = new FakeSession();
	const stuck = new FakeSession();
	const live = new Set([willing, stuck]);
	const seen: DrainProgress[] = [];
	willing.close = () => {
		live.delete(willing);
		queueMicrotask(() => willing.emit("close"));
	};
	await drainSessions(
		() => [...live],
		{ wait: 0, rate: 1_000, deadline: 20 },
		(now) => seen.push(now),
	);
	expect(stuck.closes).toEqual([undefined, true]);
	expect(seen.map(({ state, closed, dropped }) => `${state} ${closed} ${dropped}`)).toEqual([
		"waiting 0 0",
		"closing 0 0",
		"closing 1 0",
		"closing 2 0",
		"done 2 1",
	]);
});
