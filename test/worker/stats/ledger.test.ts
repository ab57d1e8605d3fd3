import { evictDurableObject, reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../../worker/env.ts";
import { RENAME_AFTER_MS } from "../../../worker/stats/flush.ts";
import { FORGET_AFTER_MS, type Totals } from "../../../worker/stats/ledger.ts";

const LEDGER = (env as unknown as Env).LEDGER!;
const stub = () => LEDGER.get(LEDGER.idFromName("edge"));

afterEach(async () => {
	vi.useRealTimers();
	await reset();
});

async function flush(isolate: string, sequence: number, polling: number, live: Record<string, number> = {}) {
	const counts = { app_polling: { sessions: polling, requests: polling * 2 } };
	const body = JSON.stringify({ isolate, sequence, counts, live });
	const response = await stub().fetch("http://state/flush", { method: "POST", body });
	return (await response.json()) as { accepted: boolean };
}

const passHours = (count: number) =>
	vi.useFakeTimers({ now: Date.now() + count * 3_600_000, toFake: ["Date"] });

const rowsIn = (table: "isolates" | "folded") =>
	runInDurableObject(stub(), (_ledger, state) =>
		state.storage.sql
			.exec<{ isolate: string }>(`SELECT isolate FROM ${table} ORDER BY isolate`)
			.toArray()
			.map(({ isolate }) => isolate),
	);

async function totals(): Promise<Totals> {
	return (await (await stub().fetch("http://state/totals")).json()) as Totals;
}

describe("the ledger", () => {
	it("adds up the last flushes of all isolates", async () => {
		await flush("a", 1, 5);
		await flush("b", 1, 7);
		await flush("a", 2, 6);
		expect((await totals()).counts).toEqual({ app_polling: { sessions: 13, requests: 26 } });
		expect((await totals()).isolates).toBe(2);
	});

	it("ignores a flush that arrives twice or late", async () => {
		expect(await flush("a", 2, 6)).toEqual({ accepted: true });
		expect(await flush("a", 2, 6)).toEqual({ accepted: false });
		expect(await flush("a", 1, 5)).toEqual({ accepted: false });
		expect((await totals()).counts).toEqual({ app_polling: { sessions: 6, requests: 12 } });
	});

	it("keeps its totals and the isolates' sequences across a restart", async () => {
		await flush("a", 3, 9);
		const { since } = await totals();
		await evictDurableObject(stub());
		expect(await flush("a", 3, 9)).toEqual({ accepted: false });
		const after = await totals();
		expect(after.counts).toEqual({ app_polling: { sessions: 9, requests: 18 } });
		expect(after.since).toBe(since);
	});

	it("writes one row per flush", async () => {
		await flush("a", 1, 1);
		const written = await runInDurableObject(stub(), (_ledger, state) => {
			const row = ["a", 2, Date.now(), "{}"];
			return state.storage.sql.exec("INSERT OR REPLACE INTO isolates VALUES (?, ?, ?, ?)", ...row)
				.rowsWritten;
		});
		expect(written).toBe(1);
		const rows = await runInDurableObject(stub(), (_ledger, state) =>
			state.storage.sql.exec("SELECT isolate, sequence FROM isolates").toArray(),
		);
		expect(rows).toEqual([{ isolate: "a", sequence: 2 }]);
	});

	it("folds the rows of isolates without recent flushes into its base, which does not change the totals", async () => {
		await flush("old", 1, 5);
		passHours(5);
		await flush("young", 1, 2);
		passHours(2);
		await flush("young", 2, 3);
		expect(await rowsIn("isolates")).toEqual(["young"]);
		expect((await totals()).counts).toEqual({ app_polling: { sessions: 8, requests: 16 } });
		await evictDurableObject(stub());
		expect((await totals()).counts).toEqual({ app_polling: { sessions: 8, requests: 16 } });
	});

	it("counts an isolate once when it flushes again under a folded name, as after an outage of hours", async () => {
		await flush("a", 1, 5);
		await flush("b", 1, 7);
		passHours(7);
		await flush("c", 1, 1);
		expect([await rowsIn("isolates"), await rowsIn("folded")]).toEqual([["c"], ["a", "b"]]);
		expect(await flush("a", 1, 5)).toEqual({ accepted: false });
		expect(await flush("b", 9, 10)).toEqual({ accepted: true });
		const all = { app_polling: { sessions: 16, requests: 32 } };
		expect((await totals()).counts).toEqual(all);
		expect([await rowsIn("isolates"), await rowsIn("folded")]).toEqual([["a", "b", "c"], []]);
		await evictDurableObject(stub());
		expect((await totals()).counts).toEqual(all);
	});

	it("forgets folded names, but only after their isolates have taken new ones", async () => {
		expect(FORGET_AFTER_MS).toBeGreaterThan(RENAME_AFTER_MS + 3_600_000);
		await flush("a", 1, 5);
		passHours(7);
		await flush("b", 1, 1);
		passHours(FORGET_AFTER_MS / 3_600_000 - 6);
		await flush("c", 1, 1);
		expect(await rowsIn("folded")).toEqual(["b"]);
		expect((await totals()).counts).toEqual({ app_polling: { sessions: 7, requests: 14 } });
	});

	it("counts nothing twice when a fold cannot be written, and folds later", async () => {
		await flush("a", 1, 5);
		passHours(7);
		await runInDurableObject(stub(), async (ledger, state) => {
			state.storage.sql.exec("ALTER TABLE base RENAME TO renamed");
			const body = JSON.stringify({ isolate: "b", sequence: 1, counts: {}, live: {} });
			const late = new Request("http://state/flush", { method: "POST", body });
			await expect((ledger as DurableObject).fetch!(late)).rejects.toThrow("no such table: base");
			state.storage.sql.exec("ALTER TABLE renamed RENAME TO base");
		});
		expect(await rowsIn("isolates")).toEqual(["a", "b"]);
		passHours(1);
		await flush("c", 1, 0);
		expect(await rowsIn("folded")).toEqual(["a"]);
		await evictDurableObject(stub());
		expect((await totals()).counts).toEqual({ app_polling: { sessions: 5, requests: 10 } });
	});

	it("counts the isolates that flushed within the last minute from their rows, also after a restart", async () => {
		await flush("a", 1, 5);
		passHours(1 / 30);
		await flush("b", 1, 7);
		await flush("c", 1, 7);
		expect((await totals()).isolates).toBe(2);
		await evictDurableObject(stub());
		expect((await totals()).isolates).toBe(2);
	});

	it("keeps the maximum of the live sessions", async () => {
		await flush("a", 1, 1, { app_websocket: 40 });
		await flush("a", 2, 1, { app_websocket: 12 });
		expect((await totals()).liveMax).toEqual({ app_websocket: 40 });
	});

	it("reports the warnings that any isolate sent within 30 s, and does not store them", async () => {
		const send = async (isolate: string, sequence: number, warnings: object) => {
			const body = JSON.stringify({ isolate, sequence, counts: {}, live: {}, warnings });
			const response = await stub().fetch("http://state/flush", { method: "POST", body });
			await response.text();
			return response.status;
		};
		const [limit, ping] = [{ "app/n1": { limit: "raise it" } }, { "app/n1": { ping: "lower it" } }];
		await send("a", 1, limit);
		await send("b", 1, ping);
		await flush("c", 1, 1);
		expect((await totals()).warnings).toEqual({ "app/n1": { limit: "raise it", ping: "lower it" } });
		passHours(31 / 3600);
		await send("a", 2, limit);
		await send("b", 2, {});
		expect((await totals()).warnings).toEqual(limit);
		expect(await send("a", 3, { "app/n1": "not a table" })).toBe(400);
		await evictDurableObject(stub());
		expect((await totals()).warnings).toEqual({});
	});

	it.each([
		["a list in place of an object", "[]"],
		["no isolate", '{"sequence":1,"counts":{},"live":{}}'],
		["counts that are not numbers", '{"isolate":"a","sequence":1,"counts":{"x":{"y":"z"}},"live":{}}'],
	])("rejects a body with %s, and keeps its totals", async (_what, body) => {
		expect((await stub().fetch("http://state/flush", { method: "POST", body })).status).toBe(400);
		expect((await totals()).counts).toEqual({});
	});
});
