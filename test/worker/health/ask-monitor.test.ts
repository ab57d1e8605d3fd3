import { afterEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../../worker/env.ts";
import { firstVerdict, readVerdict } from "../../../worker/health/ask-monitor.ts";
import { claimRefresh } from "../../../worker/health/node-table.ts";

afterEach(() => {
	vi.useRealTimers();
});

describe("a request asks the monitor", () => {
	const NOW = 100_000;
	it.each([
		["when none has asked within the verdict's lifetime", false, 1, NOW - 3000, true],
		["not while the verdict is fresh", false, 1, NOW - 2999, false],
		["not while another has just asked, unless it is a handshake", false, 0, NOW - 100, false],
		["as a handshake in the first moments of an isolate, even if another asks too", true, 0, NOW - 100, true],
		["not as a handshake once the first moments are over", true, 0, NOW - 200, false],
		["not as a handshake after the first verdict", true, 1, NOW - 100, false],
	])("%s", (_what, handshake, receivedAt, askedAt, asks) => {
		expect(claimRefresh({ receivedAt, askedAt }, handshake, NOW)).toBe(asks);
	});

	it("and claims the refresh for itself", () => {
		const clock = { receivedAt: 1, askedAt: 0 };
		expect([claimRefresh(clock, false, NOW), claimRefresh(clock, false, NOW)]).toEqual([true, false]);
		expect(clock.askedAt).toBe(NOW);
	});
});

describe("a new session waits for the first verdict", () => {
	it("until it is there", async () => {
		const { promise, resolve } = Promise.withResolvers<void>();
		let done = false;
		const waiting = firstVerdict({ receivedAt: 0, askedAt: 0 }, promise).then(() => {
			done = true;
		});
		await Promise.resolve();
		expect(done).toBe(false);
		resolve();
		await waiting;
		expect(done).toBe(true);
	});

	it("but not longer than 150 ms, and not once there was one", async () => {
		vi.useFakeTimers();
		const never = new Promise<void>(() => {});
		await firstVerdict({ receivedAt: 5, askedAt: 0 }, never);
		let done = false;
		const waiting = firstVerdict({ receivedAt: 0, askedAt: 0 }, never).then(() => {
			done = true;
		});
		await vi.advanceTimersByTimeAsync(149);
		expect(done).toBe(false);
		await vi.advanceTimersByTimeAsync(1);
		await waiting;
	});
});

describe("the monitor's verdict", () => {
	const bound = (fetch: () => Promise<Response>) => ({ STATE: { fetch } }) as unknown as Env;
	it.each([
		["is null where no monitor is bound", {} as Env],
		["is null when the monitor is unavailable", bound(() => Promise.reject(new Error("unavailable")))],
		["is null when the monitor fails", bound(() => Promise.resolve(new Response("{}", { status: 500 })))],
		["is null when the answer is not JSON", bound(() => Promise.resolve(new Response("<html>")))],
		["is null when the monitor does not answer in time", bound(() => new Promise(() => {}))],
	])("%s", async (_what, env) => {
		expect(await readVerdict(env, 20)).toBeNull();
	});
});
