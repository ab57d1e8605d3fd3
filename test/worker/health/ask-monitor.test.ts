import { afterEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../../worker/env.ts";
import {
	awaitVerdict,
	claimRefresh,
	readVerdict,
	refreshVerdict,
} from "../../../worker/health/ask-monitor.ts";

afterEach(() => {
	vi.useRealTimers();
});

describe("a request", () => {
	const NOW = 100_000;
	it.each([
		["does nothing about a verdict of the last 2 s", NOW - 1999, NOW - 1999, false, "none"],
		["asks for a new verdict after 2 s, without waiting for it", NOW - 2000, NOW - 2000, false, "refresh"],
		["does not ask while another has just asked", NOW - 2100, NOW - 100, false, "none"],
		["waits when the verdict is older than 3 s", NOW - 3000, NOW - 3000, false, "wait"],
		["waits for the first verdict of a new isolate", 0, 0, false, "wait"],
		[
			"asks for itself and waits when another has just asked, but has no answer yet",
			0,
			NOW - 149,
			false,
			"wait",
		],
		["does not wait for longer than the first one did", 0, NOW - 150, false, "none"],
		["never waits for a monitor that is silent, with steady traffic", 0, NOW - 100, true, "none"],
		["asks a silent monitor in the background", 0, NOW - 2000, true, "refresh"],
		["asks a monitor that was silent 3 s ago, and waits", 0, NOW - 3000, true, "wait"],
	] as const)("%s", (_what, receivedAt, askedAt, isSilent, decision) => {
		expect(claimRefresh({ receivedAt, askedAt, isSilent }, NOW)).toBe(decision);
	});

	it("claims the refresh for itself", () => {
		const clock = { receivedAt: NOW - 2500, askedAt: 0, isSilent: false };
		expect([claimRefresh(clock, NOW), claimRefresh(clock, NOW)]).toEqual(["refresh", "none"]);
		expect(clock.askedAt).toBe(NOW);
	});
});

describe("a request that waits for the verdict", () => {
	it("continues when it is there", async () => {
		const { promise, resolve } = Promise.withResolvers<void>();
		let done = false;
		const waiting = awaitVerdict(promise).then(() => {
			done = true;
		});
		await Promise.resolve();
		expect(done).toBe(false);
		resolve();
		await waiting;
		expect(done).toBe(true);
	});

	it("continues after 150 ms without it", async () => {
		vi.useFakeTimers();
		let done = false;
		const waiting = awaitVerdict(new Promise<void>(() => {})).then(() => {
			done = true;
		});
		await vi.advanceTimersByTimeAsync(149);
		expect(done).toBe(false);
		await vi.advanceTimersByTimeAsync(1);
		await waiting;
	});
});

describe("a refresh", () => {
	it("records whether the monitor answered", async () => {
		const clock = { receivedAt: 0, askedAt: 0, isSilent: false };
		await refreshVerdict({} as Env, [], clock);
		expect(clock).toMatchObject({ receivedAt: 0, isSilent: true });
		const answer = () => Promise.resolve(Response.json({ at: 1, nodes: [] }));
		await refreshVerdict({ STATE: { fetch: answer } } as unknown as Env, [], clock);
		expect(clock.isSilent).toBe(false);
		expect(clock.receivedAt).toBeGreaterThan(0);
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
