import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../../worker/env.ts";
import type { Isolate } from "../../../worker/isolate.ts";
import {
	FLUSH_INTERVAL_MS,
	flush,
	nextFlush,
	RENAME_AFTER_MS,
	recordAccepted,
} from "../../../worker/stats/flush.ts";
import { count, scheduleFlush } from "../../../worker/stats/record.ts";
import { exchangeOf } from "../support/exchanges.ts";
import { isolateOf } from "../support/pools.ts";

const NOON = Date.UTC(2026, 10, 23, 12);

afterEach(() => vi.useRealTimers());

function countPoll(isolate: Isolate): void {
	count(isolate.counters, exchangeOf("poll", "passed", 200, [[0, "ok", 200, 1]]), {
		bytesIn: 0,
		bytesOut: 0,
		tls: "plain_http",
	});
}

/** A ledger that keeps the flushes it gets, and a context that keeps the promises given to `waitUntil`. */
function ledgerOf(answer: () => Response | Promise<Response> = () => new Response("{}")) {
	const sent: { isolate: string; sequence: number; counts: Record<string, Record<string, number>> }[] = [];
	const waits: Promise<unknown>[] = [];
	const STATE = {
		fetch: (_url: string, init: RequestInit) => {
			sent.push(JSON.parse(init.body as string));
			return Promise.resolve(answer());
		},
	} as unknown as Fetcher;
	const ctx = {
		waitUntil: (promise: Promise<unknown>) => waits.push(promise),
	} as unknown as ExecutionContext;
	return { sent, waits, env: { STATE } as Env, ctx };
}

describe("a flush", () => {
	it("contains everything counted under the isolate's name, not only what is new", () => {
		const isolate = isolateOf();
		countPoll(isolate);
		const first = nextFlush(isolate, NOON);
		countPoll(isolate);
		const second = nextFlush(isolate, NOON + FLUSH_INTERVAL_MS);
		expect(first.isolate).toMatch(/^[0-9a-f-]{36}$/);
		expect(second.isolate).toBe(first.isolate);
		expect([first.sequence, second.sequence]).toEqual([1, 2]);
		expect([first, second].map(({ counts }) => counts["app_polling"]?.["sticky"])).toEqual([1, 2]);
	});

	it("takes a new name after five days without an accepted flush, and then contains only what is new", () => {
		const isolate = isolateOf();
		countPoll(isolate);
		const before = nextFlush(isolate, NOON);
		recordAccepted(isolate.counters, before, NOON + 5);
		countPoll(isolate);
		const after = nextFlush(isolate, NOON + RENAME_AFTER_MS + 6);
		expect(after.isolate).not.toBe(before.isolate);
		expect(after.sequence).toBe(1);
		expect(after.counts["app_polling"]).toMatchObject({ sticky: 1 });
	});

	it("keeps its name and all counts when the ledger accepted a flush within five days", () => {
		const isolate = isolateOf();
		const first = nextFlush(isolate, NOON);
		recordAccepted(isolate.counters, first, NOON + RENAME_AFTER_MS - 1);
		countPoll(isolate);
		nextFlush(isolate, NOON + RENAME_AFTER_MS);
		const later = nextFlush(isolate, NOON + 2 * RENAME_AFTER_MS - 1);
		expect(later.isolate).toBe(first.isolate);
		expect(later.counts["app_polling"]).toMatchObject({ sticky: 1 });
		recordAccepted(isolate.counters, { ...first, isolate: "earlier" }, NOON + 2 * RENAME_AFTER_MS);
		expect(nextFlush(isolate, NOON + 2 * RENAME_AFTER_MS).isolate).not.toBe(first.isolate);
	});

	it("loses no counts when earlier flushes were lost and the next comes 12 hours later", async () => {
		vi.useFakeTimers({ now: NOON });
		const isolate = isolateOf();
		const { sent, env: bound } = ledgerOf();
		await flush(isolate, bound);
		countPoll(isolate);
		for (const lost of [
			() => Promise.reject(new Error("unavailable")),
			() => new Response("", { status: 500 }),
		])
			expect(await flush(isolate, ledgerOf(lost).env)).toBe(false);
		vi.setSystemTime(NOON + 12 * 3_600_000);
		countPoll(isolate);
		expect(await flush(isolate, bound)).toBe(true);
		expect(sent[1]?.isolate).toBe(sent[0]?.isolate);
		expect(sent[1]?.counts["app_polling"]).toMatchObject({ sticky: 2 });
	});

	it("contains the live sessions that the nodes last reported, by node and for the pool", () => {
		const isolate = isolateOf();
		const [n1, n2] = isolate.pools[0]!.table.nodes;
		n1!.live = { polling: 3, websocket: 40, flashsocket: 0 };
		n2!.live = { polling: 0, websocket: 2, flashsocket: 0 };
		expect(nextFlush(isolate, NOON).live).toEqual({
			"app_polling/n1": 3,
			app_polling: 3,
			"app_websocket/n1": 40,
			"app_websocket/n2": 2,
			app_websocket: 42,
		});
	});

	it("never rejects when the ledger is unavailable, and the next flush contains its counts", async () => {
		const isolate = isolateOf();
		const unavailable = ledgerOf(() => Promise.reject(new Error("unavailable")));
		countPoll(isolate);
		expect(await flush(isolate, unavailable.env)).toBe(false);
		const { sent, env: available } = ledgerOf();
		expect(await flush(isolate, available)).toBe(true);
		expect(sent[0]?.counts["app_polling"]).toMatchObject({ sticky: 1 });
		expect(sent[0]?.sequence).toBe(2);
	});
});

describe("flushes start", () => {
	it("at most every 10 s, however many requests there are", async () => {
		vi.useFakeTimers({ now: NOON });
		const isolate = isolateOf();
		const { sent, env: bound, ctx } = ledgerOf();
		for (let i = 0; i < 300; i++) {
			countPoll(isolate);
			scheduleFlush(isolate, bound, ctx, Date.now());
			await vi.advanceTimersByTimeAsync(100);
		}
		expect(sent.map(({ counts }) => counts["app_polling"]?.["requests"])).toEqual([1, 101, 201]);
	});

	it("at most every 10 s, also while the ledger is unavailable", async () => {
		vi.useFakeTimers({ now: NOON });
		const isolate = isolateOf();
		const { sent, env: unavailable, ctx } = ledgerOf(() => Promise.reject(new Error("unavailable")));
		for (let i = 0; i < 300; i++) {
			scheduleFlush(isolate, unavailable, ctx, Date.now());
			await vi.advanceTimersByTimeAsync(100);
		}
		expect(sent.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
	});

	it("on Cloudflare also 10 s after the last one when no further request comes", async () => {
		vi.useFakeTimers({ now: NOON });
		const isolate = isolateOf(
			{},
			{ EDGE_PLATFORM: "cloudflare", POOL_APP: { nodes: [{ id: "n1", url: "https://n1.example.org" }] } },
		);
		const { sent, waits, env: bound, ctx } = ledgerOf();
		for (let i = 0; i < 3; i++) {
			countPoll(isolate);
			scheduleFlush(isolate, bound, ctx, Date.now());
		}
		expect(waits).toHaveLength(2);
		await vi.advanceTimersByTimeAsync(FLUSH_INTERVAL_MS);
		expect(sent.map(({ counts }) => counts["app_polling"]?.["requests"])).toEqual([1, 3]);
	});

	it("never where no ledger is bound", () => {
		const isolate = isolateOf();
		const { waits, ctx } = ledgerOf();
		scheduleFlush(isolate, {} as Env, ctx, NOON);
		expect(waits).toHaveLength(0);
		expect(env).toHaveProperty("LEDGER");
	});
});
