import { describe, expect, it } from "vitest";
import { isWatched, newWaiting, sweep, watched } from "../../../worker/forward/waiting.ts";
import { Late } from "../../../worker/forward/within.ts";

const NEVER = new Promise<never>(() => {});

/** What has come of a promise once all that is settled was told. */
async function stateOf(promise: Promise<unknown>): Promise<unknown> {
	const told = new Promise((resolve) => setTimeout(resolve, 0, "waiting"));
	return Promise.race([promise.catch((error: unknown) => error), told]);
}

describe("isWatched", () => {
	it("leaves a wait to others only when another began within a second", () => {
		const waiting = newWaiting();
		const asked = [10_000, 10_500, 11_499, 12_500].map((now) => isWatched(waiting, now));
		expect(asked).toEqual([false, true, true, false]);
	});

	it("leaves no more than 2,000 waits to others, for those of clients that left stay until they are late", () => {
		const waiting = newWaiting();
		isWatched(waiting, 0);
		for (let i = 0; i < 2000; i++) {
			expect(isWatched(waiting, 1)).toBe(true);
			void watched(waiting, 50_000, 1, NEVER).catch(() => {});
		}
		expect(isWatched(waiting, 1)).toBe(false);
	});

	it("looks through the waits at most once a second, and ends those that are late", async () => {
		const waiting = newWaiting();
		isWatched(waiting, 10_000);
		const wait = watched(waiting, 500, 10_000, NEVER);
		isWatched(waiting, 10_900);
		expect(await stateOf(wait)).toBe("waiting");
		isWatched(waiting, 11_000);
		expect(await stateOf(wait)).toBeInstanceOf(Late);
		expect(waiting.count).toBe(0);
	});
});

describe("a watched wait", () => {
	it("gives what it waits for, or its error, and is then forgotten", async () => {
		const waiting = newWaiting();
		expect(await watched(waiting, 1000, 0, Promise.resolve(7))).toBe(7);
		await expect(watched(waiting, 1000, 0, Promise.reject(new Error("broke off")))).rejects.toThrow(
			"broke off",
		);
		expect(waiting.count).toBe(0);
		sweep(waiting, 5000);
		expect(waiting.count).toBe(0);
	});

	it("is late by its own limit, whatever the order in which others began", async () => {
		const waiting = newWaiting();
		const waits = [
			watched(waiting, 50_000, 0, NEVER),
			watched(waiting, 30_000, 0, NEVER),
			watched(waiting, 30_000, 10_000, NEVER),
			watched(waiting, 50_000, 10_000, NEVER),
		];
		const late = async () => (await Promise.all(waits.map(stateOf))).map((state) => state instanceof Late);
		sweep(waiting, 29_999);
		expect(await late()).toEqual([false, false, false, false]);
		sweep(waiting, 30_000);
		expect(await late()).toEqual([false, true, false, false]);
		sweep(waiting, 50_000);
		expect(await late()).toEqual([true, true, true, false]);
		expect(waiting.count).toBe(1);
	});

	it("that was answered between two that were not leaves them in their order", async () => {
		const waiting = newWaiting();
		const { promise, resolve } = Promise.withResolvers<string>();
		const first = watched(waiting, 1000, 0, NEVER);
		const second = watched(waiting, 1000, 10, promise);
		const third = watched(waiting, 1000, 20, NEVER);
		resolve("answer");
		expect(await second).toBe("answer");
		sweep(waiting, 1010);
		expect([await stateOf(first), await stateOf(third)]).toEqual([expect.any(Late), "waiting"]);
	});
});
