/** The ledger: one Durable Object that adds up what the isolates counted, and keeps the sum across restarts. */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import type { Flush } from "./flush.ts";
import { highest, type Rates, ratesBetween, type Snapshot, SPACING, snapshot } from "./rates.ts";
import { addCounts, type Counts, readCounts } from "./sums.ts";

/** What the faces are made from. */
export interface Totals {
	/** Epoch ms since when is counted. */
	readonly since: number;
	/** Epoch ms of the last flush; 0 = none yet. */
	readonly heardAt: number;
	/** Isolates heard within a minute. */
	readonly isolates: number;
	readonly counts: Counts;
	readonly rates: Rates;
	/** The highest rates over 10 s, and the most live sessions, since then. */
	readonly rateMax: Rates;
	readonly liveMax: Record<string, number>;
}

/** Milliseconds between folds, and the silence after which an isolate's row is folded. */
const FOLD_EVERY = 600_000;
const FOLD_AFTER = 6 * 3_600_000;
/** Milliseconds of silence after which an isolate's name is forgotten: above the isolates' own `SILENCE`. */
export const FORGET_AFTER = 7 * 86_400_000;
const MINUTE = 60_000;

/** What outlives the isolates' rows. */
interface Base {
	readonly since: number;
	counts: Counts;
	rateMax: Rates;
	liveMax: Record<string, number>;
}

/**
 * One row an isolate, written over at each of its flushes: one row written a flush (WITHOUT ROWID: no index
 * beside it), and a flush that comes twice or late changes nothing. A folded row is set aside with what it
 * added to the base, so that its isolate may come back under its name (the ledger was away, or a flush was
 * lost) and still be counted once.
 */
const SCHEMA = `
	CREATE TABLE IF NOT EXISTS isolates (isolate TEXT PRIMARY KEY, sequence INTEGER, at INTEGER, counts TEXT) WITHOUT ROWID;
	CREATE TABLE IF NOT EXISTS folded (isolate TEXT PRIMARY KEY, sequence INTEGER, at INTEGER, counts TEXT) WITHOUT ROWID;
	CREATE TABLE IF NOT EXISTS base (id INTEGER PRIMARY KEY, value TEXT);
`;

export class Ledger extends DurableObject<Env> {
	readonly #sql: SqlStorage;
	readonly #totals: Counts = {};
	#base: Base = { since: Date.now(), counts: {}, rateMax: {}, liveMax: {} };
	#foldedAt = Date.now();
	#heardAt = 0;
	#snapshots: Snapshot[];

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		this.#sql = ctx.storage.sql;
		this.#load();
		this.#snapshots = [snapshot(this.#totals, Date.now())];
	}

	/** `POST /flush` takes a flush in; `GET /totals` gives the sum. */
	override async fetch(request: Request): Promise<Response> {
		const { pathname } = new URL(request.url);
		if (request.method === "POST" && pathname === "/flush") {
			const flush = readFlush(await request.json());
			if (flush === null) return new Response("not a flush", { status: 400 });
			return Response.json({ taken: this.#take(flush, Date.now()) });
		}
		if (request.method === "GET" && pathname === "/totals") return Response.json(this.#read(Date.now()));
		return new Response("not found", { status: 404 });
	}

	#load(): void {
		this.#sql.exec(SCHEMA);
		const kept = this.#sql.exec<{ value: string }>("SELECT value FROM base WHERE id = 1").toArray()[0];
		if (kept) this.#base = JSON.parse(kept.value) as Base;
		else this.#writeBase(this.#base);
		addCounts(this.#totals, this.#base.counts, 1);
		for (const row of this.#sql.exec<IsolateRow>("SELECT * FROM isolates"))
			addCounts(this.#totals, JSON.parse(row.counts) as Counts, 1);
	}

	#take(flush: Flush, now: number): boolean {
		const before = this.#rowOf(flush.isolate) ?? this.#unfold(flush.isolate);
		this.#heardAt = now;
		if (before && before.sequence >= flush.sequence) return false;
		this.#sql.exec(
			"INSERT OR REPLACE INTO isolates VALUES (?, ?, ?, ?)",
			flush.isolate,
			flush.sequence,
			now,
			JSON.stringify(flush.counts),
		);
		if (before) addCounts(this.#totals, JSON.parse(before.counts) as Counts, -1);
		addCounts(this.#totals, flush.counts, 1);
		this.#remember(flush, now);
		if (now - this.#foldedAt >= FOLD_EVERY) this.#fold(now);
		return true;
	}

	#remember(flush: Flush, now: number): void {
		const { liveMax } = this.#base;
		for (const [key, live] of Object.entries(flush.live)) liveMax[key] = Math.max(live, liveMax[key] ?? 0);
		const last = this.#snapshots.at(-1)!;
		if (now - last.at < SPACING) return;
		const next = snapshot(this.#totals, now);
		this.#base.rateMax = highest(this.#base.rateMax, ratesBetween(last, next));
		this.#snapshots = [last, next];
	}

	#rowOf(isolate: string): IsolateRow | undefined {
		return this.#sql.exec<IsolateRow>("SELECT * FROM isolates WHERE isolate = ?", isolate).toArray()[0];
	}

	/** Adds the rows of isolates long silent to the base, and writes the base: so the table stays short. */
	#fold(now: number): void {
		this.#foldedAt = now;
		this.#rebase((counts) => {
			const old = now - FOLD_AFTER;
			for (const row of this.#sql.exec<IsolateRow>("SELECT * FROM isolates WHERE at < ?", old))
				addCounts(counts, JSON.parse(row.counts) as Counts, 1);
			this.#sql.exec("INSERT OR REPLACE INTO folded SELECT * FROM isolates WHERE at < ?", old);
			this.#sql.exec("DELETE FROM isolates WHERE at < ?", old);
			this.#sql.exec("DELETE FROM folded WHERE at < ?", now - FORGET_AFTER);
		});
	}

	/** Takes the row of an isolate that is back out of the base again. The totals stay what they are. */
	#unfold(isolate: string): IsolateRow | undefined {
		const row = this.#sql.exec<IsolateRow>("SELECT * FROM folded WHERE isolate = ?", isolate).toArray()[0];
		if (row === undefined) return undefined;
		this.#rebase((counts) => {
			addCounts(counts, JSON.parse(row.counts) as Counts, -1);
			this.#sql.exec("INSERT INTO isolates SELECT * FROM folded WHERE isolate = ?", isolate);
			this.#sql.exec("DELETE FROM folded WHERE isolate = ?", isolate);
		});
		return row;
	}

	/** Changes the base and the rows together or not at all: a transaction that fails undoes the rows only, so memory follows last. */
	#rebase(change: (counts: Counts) => void): void {
		const next = { ...this.#base, counts: structuredClone(this.#base.counts) };
		this.ctx.storage.transactionSync(() => {
			change(next.counts);
			this.#writeBase(next);
		});
		this.#base = next;
	}

	#writeBase(base: Base): void {
		this.#sql.exec("INSERT OR REPLACE INTO base VALUES (1, ?)", JSON.stringify(base));
	}

	/** How many isolates were heard within a minute: asked of their rows, which a restart keeps. */
	#heard(now: number): number {
		return this.#sql
			.exec<{ heard: number }>("SELECT COUNT(*) AS heard FROM isolates WHERE at >= ?", now - MINUTE)
			.one().heard;
	}

	#read(now: number): Totals {
		const rates = ratesBetween(this.#reference(now), snapshot(this.#totals, now));
		this.#base.rateMax = highest(this.#base.rateMax, rates);
		return {
			since: this.#base.since,
			heardAt: this.#heardAt,
			isolates: this.#heard(now),
			counts: this.#totals,
			rates,
			rateMax: this.#base.rateMax,
			liveMax: this.#base.liveMax,
		};
	}

	/** The youngest snapshot that is old enough to draw a rate from. */
	#reference(now: number): Snapshot {
		return this.#snapshots.findLast((each) => now - each.at >= SPACING) ?? this.#snapshots[0]!;
	}
}

type IsolateRow = { isolate: string; sequence: number; at: number; counts: string };

function readFlush(given: unknown): Flush | null {
	const flush = given as Partial<Flush> | null;
	if (typeof flush?.isolate !== "string" || !Number.isSafeInteger(flush.sequence)) return null;
	if (readCounts(flush.counts) === null || readCounts({ live: flush.live }) === null) return null;
	return flush as Flush;
}
