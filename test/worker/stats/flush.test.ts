import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Edge } from "../../../worker/edge.ts";
import type { Env } from "../../../worker/env.ts";
import { FLUSH_EVERY, flush, flushIfDue, nextFlush, SILENCE, taken } from "../../../worker/stats/flush.ts";
import { tally } from "../../../worker/stats/tally.ts";
import { passageOf } from "../support/passages.ts";
import { edgeOf } from "../support/pools.ts";

const NOON = Date.UTC(2026, 10, 23, 12);

afterEach(() => vi.useRealTimers());

function count(edge: Edge): void {
	tally(edge.counters, passageOf("poll", "passed", 200, [[0, "ok", 200, 1]]), {
		bytesIn: 0,
		bytesOut: 0,
		tls: "plain_http",
	});
}

/** A ledger that keeps what it is sent, and a context that keeps what it waits for. */
function rig(answer: () => Response | Promise<Response> = () => new Response("{}")) {
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
	it("carries all that was counted under the isolate's name, not only what is new", () => {
		const edge = edgeOf();
		count(edge);
		const first = nextFlush(edge.counters, edge, NOON);
		count(edge);
		const second = nextFlush(edge.counters, edge, NOON + FLUSH_EVERY);
		expect(first.isolate).toMatch(/^[0-9a-f-]{36}$/);
		expect(second.isolate).toBe(first.isolate);
		expect([first.sequence, second.sequence]).toEqual([1, 2]);
		expect([first, second].map(({ counts }) => counts["app_polling"]?.["sticky"])).toEqual([1, 2]);
	});

	it("after a long silence goes under a new name, with what is new only", () => {
		const edge = edgeOf();
		count(edge);
		const before = nextFlush(edge.counters, edge, NOON);
		taken(edge.counters, before, NOON + 5);
		count(edge);
		const after = nextFlush(edge.counters, edge, NOON + SILENCE + 6);
		expect(after.isolate).not.toBe(before.isolate);
		expect(after.sequence).toBe(1);
		expect(after.counts["app_polling"]).toMatchObject({ sticky: 1 });
	});

	it("keeps its name, and with it all counts, while the ledger took one within the silence", () => {
		const edge = edgeOf();
		const first = nextFlush(edge.counters, edge, NOON);
		taken(edge.counters, first, NOON + SILENCE - 1);
		count(edge);
		nextFlush(edge.counters, edge, NOON + SILENCE);
		const later = nextFlush(edge.counters, edge, NOON + 2 * SILENCE - 1);
		expect(later.isolate).toBe(first.isolate);
		expect(later.counts["app_polling"]).toMatchObject({ sticky: 1 });
		taken(edge.counters, { ...first, isolate: "earlier" }, NOON + 2 * SILENCE);
		expect(nextFlush(edge.counters, edge, NOON + 2 * SILENCE).isolate).not.toBe(first.isolate);
	});

	it("that is lost, with a night of silence after it, loses no counts", async () => {
		vi.useFakeTimers({ now: NOON });
		const edge = edgeOf();
		const { sent, env: bound } = rig();
		await flush(edge, bound);
		count(edge);
		for (const lost of [() => Promise.reject(new Error("gone")), () => new Response("", { status: 500 })])
			expect(await flush(edge, rig(lost).env)).toBe(false);
		vi.setSystemTime(NOON + 12 * 3_600_000);
		count(edge);
		expect(await flush(edge, bound)).toBe(true);
		expect(sent[1]?.isolate).toBe(sent[0]?.isolate);
		expect(sent[1]?.counts["app_polling"]).toMatchObject({ sticky: 2 });
	});

	it("tells the live sessions the isolate last heard of, by node and for the pool", () => {
		const edge = edgeOf();
		edge.known[0]!.live.set([3, 40, 0], 0);
		edge.known[0]!.live.set([0, 2, 0], 3);
		expect(nextFlush(edge.counters, edge, NOON).live).toEqual({
			"app_polling/n1": 3,
			app_polling: 3,
			"app_websocket/n1": 40,
			"app_websocket/n2": 2,
			app_websocket: 42,
		});
	});

	it("never rejects when the ledger is away, and the next one makes good for it", async () => {
		const edge = edgeOf();
		const away = rig(() => Promise.reject(new Error("gone")));
		count(edge);
		expect(await flush(edge, away.env)).toBe(false);
		const { sent, env: back } = rig();
		expect(await flush(edge, back)).toBe(true);
		expect(sent[0]?.counts["app_polling"]).toMatchObject({ sticky: 1 });
		expect(sent[0]?.sequence).toBe(2);
	});
});

describe("flushes are begun", () => {
	it("at most every 10 s, however many requests there are", async () => {
		vi.useFakeTimers({ now: NOON });
		const edge = edgeOf();
		const { sent, env: bound, ctx } = rig();
		for (let i = 0; i < 300; i++) {
			count(edge);
			flushIfDue(edge, bound, ctx, Date.now());
			await vi.advanceTimersByTimeAsync(100);
		}
		expect(sent.map(({ counts }) => counts["app_polling"]?.["requests"])).toEqual([1, 101, 201]);
	});

	it("at most every 10 s too while the ledger is away", async () => {
		vi.useFakeTimers({ now: NOON });
		const edge = edgeOf();
		const { sent, env: away, ctx } = rig(() => Promise.reject(new Error("gone")));
		for (let i = 0; i < 300; i++) {
			flushIfDue(edge, away, ctx, Date.now());
			await vi.advanceTimersByTimeAsync(100);
		}
		expect(sent.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
	});

	it("on Cloudflare also 10 s after the last, when no further request comes", async () => {
		vi.useFakeTimers({ now: NOON });
		const edge = edgeOf(
			{},
			{ EDGE_PLATFORM: "cloudflare", POOL_APP: { nodes: [{ id: "n1", url: "https://n1.example.org" }] } },
		);
		const { sent, waits, env: bound, ctx } = rig();
		for (let i = 0; i < 3; i++) {
			count(edge);
			flushIfDue(edge, bound, ctx, Date.now());
		}
		expect(waits).toHaveLength(2);
		await vi.advanceTimersByTimeAsync(FLUSH_EVERY);
		expect(sent.map(({ counts }) => counts["app_polling"]?.["requests"])).toEqual([1, 3]);
	});

	it("not at all where no ledger is bound", () => {
		const edge = edgeOf();
		const { waits, ctx } = rig();
		flushIfDue(edge, {} as Env, ctx, NOON);
		expect(waits).toHaveLength(0);
		expect(env).toHaveProperty("LEDGER");
	});
});
