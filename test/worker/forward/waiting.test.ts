import { describe, expect, it } from "vitest";
import { STATES } from "../../../worker/contract.ts";
import { isWatched, newWaiting, sweep, type Wait, watched } from "../../../worker/forward/waiting.ts";
import { Late } from "../../../worker/forward/within.ts";
import { type Knowledge, newKnowledge } from "../../../worker/health/knowledge.ts";
import { poolOf } from "../support/pools.ts";

const NEVER = new Promise<never>(() => {});
const post = (limit: number, now: number): Wait => ({ limit, now, known: null, node: 0 });

/** What has come of a promise once all that is settled was told. */
async function stateOf(promise: Promise<unknown>): Promise<unknown> {
	const told = new Promise((resolve) => setTimeout(resolve, 0, "waiting"));
	return Promise.race([promise.catch((error: unknown) => error), told]);
}

describe("isWatched", () => {
	it("leaves a wait to others only when another began within a second", () => {
		const waiting = newWaiting();
		const asked = [10_000, 10_500, 11_499, 12_500].map((now) => isWatched(waiting, now, true));
		expect(asked).toEqual([false, true, true, false]);
	});

	it("leaves no more than 2,000 waits to others, for those of clients that left stay until they are late", () => {
		const waiting = newWaiting();
		isWatched(waiting, 0, true);
		for (let i = 0; i < 2000; i++) {
			expect(isWatched(waiting, 1, true)).toBe(true);
			void watched(waiting, post(50_000, 1), NEVER).catch(() => {});
		}
		expect(isWatched(waiting, 1, true)).toBe(false);
	});

	it("looks through the waits at most once a second, and ends those that are late", async () => {
		const waiting = newWaiting();
		isWatched(waiting, 10_000, true);
		const wait = watched(waiting, post(500, 10_000), NEVER);
		isWatched(waiting, 10_900, true);
		expect(await stateOf(wait)).toBe("waiting");
		isWatched(waiting, 11_000, true);
		expect(await stateOf(wait)).toBeInstanceOf(Late);
		expect(waiting.count).toBe(0);
	});
});

describe("a watched wait", () => {
	it("gives what it waits for, or its error, and is then forgotten", async () => {
		const waiting = newWaiting();
		expect(await watched(waiting, post(1000, 0), Promise.resolve(7))).toBe(7);
		const broken = Promise.reject(new Error("broke off"));
		await expect(watched(waiting, post(1000, 0), broken)).rejects.toThrow("broke off");
		expect(waiting.count).toBe(0);
		sweep(waiting, 5000, true);
		expect(waiting.count).toBe(0);
	});

	it("is late by its own limit, whatever the order in which others began", async () => {
		const waiting = newWaiting();
		const waits = [post(50_000, 0), post(30_000, 0), post(30_000, 10_000), post(50_000, 10_000)].map((wait) =>
			watched(waiting, wait, NEVER),
		);
		const late = async () => (await Promise.all(waits.map(stateOf))).map((state) => state instanceof Late);
		sweep(waiting, 29_999, true);
		expect(await late()).toEqual([false, false, false, false]);
		sweep(waiting, 30_000, true);
		expect(await late()).toEqual([false, true, false, false]);
		sweep(waiting, 50_000, true);
		expect(await late()).toEqual([true, true, true, false]);
		expect(waiting.count).toBe(1);
	});

	it("that was answered between two that were not leaves them in their order", async () => {
		const waiting = newWaiting();
		const { promise, resolve } = Promise.withResolvers<string>();
		const first = watched(waiting, post(1000, 0), NEVER);
		const second = watched(waiting, post(1000, 10), promise);
		const third = watched(waiting, post(1000, 20), NEVER);
		resolve("answer");
		expect(await second).toBe("answer");
		sweep(waiting, 1010, true);
		expect([await stateOf(first), await stateOf(third)]).toEqual([expect.any(Late), "waiting"]);
	});
});

describe("a poll that is late", () => {
	const well = (): Knowledge => newKnowledge(poolOf(), () => 0);
	it.each<[what: string, change: (known: Knowledge) => void, informed: boolean, ended: boolean]>([
		["is only forgotten where its node is well, for its client has left", () => {}, true, false],
		["is ended where the monitor was never heard", () => {}, false, true],
		[
			"is ended where the monitor calls its node DOWN",
			(known) => {
				known.state[1] = STATES.indexOf("DOWN");
			},
			true,
			true,
		],
		[
			"is ended where other requests to its node failed of late",
			(known) => {
				known.failures[1] = 1;
			},
			true,
			true,
		],
		[
			"is not ended by what is wrong with another node",
			(known) => {
				known.failures[2] = 1;
			},
			true,
			false,
		],
	])("%s", async (_what, change, informed, ended) => {
		const known = well();
		const waiting = newWaiting();
		const poll = watched(waiting, { limit: 50_000, now: 0, known, node: 1 }, NEVER);
		change(known);
		sweep(waiting, 50_000, informed);
		expect((await stateOf(poll)) instanceof Late).toBe(ended);
		expect(waiting.count).toBe(0);
	});
});
