/** The Durable Object that adds up the counts of all isolates and keeps the totals across restarts. */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import type { Flush } from "./flush.ts";
import { highest, type Rates, ratesBetween, SNAPSHOT_INTERVAL_MS, type Snapshot, snapshot } from "./rates.ts";
import { addCounts, type Counts, readCounts } from "./sums.ts";
import {
	addWarnings,
	currentWarnings,
	type ReportedWarnings,
	readWarnings,
	type Warnings,
} from "./warnings.ts";

/** The totals over all isolates. */
export interface Totals {
	/** Epoch ms when counting began. */
	readonly since: number;
	/** Isolates that flushed within the last minute. */
	readonly isolates: number;
	readonly counts: Counts;
	readonly rates: Rates;
	/** The highest rates over 10 s, and the most live sessions, since counting began. */
	readonly rateMax: Rates;
	readonly liveMax: Record<string, number>;
	/** What any isolate reported to be wrong at nodes within the last 30 s. */
	readonly warnings: Warnings;
}

/** Time between two folds, and from an isolate's last flush until its row is folded into the base. */
const FOLD_INTERVAL_MS = 600_000;
const FOLD_AFTER_MS = 6 * 3_600_000;
/** Time from an isolate's last flush until its name is forgotten: longer than the isolates' own `RENAME_AFTER_MS`. */
export const FORGET_AFTER_MS = 7 * 86_400_000;
const MINUTE_MS = 60_000;

/** The sum of the folded rows, and the maxima. */
interface Base {
	readonly since: number;
	counts: Counts;
	rateMax: Rates;
	liveMax: Record<string, number>;
}

/**
 * One row per isolate, overwritten by each of its flushes. A flush thus writes one row (WITHOUT ROWID avoids an
 * index), and one that arrives twice or late changes nothing. `folded` keeps the rows that were added to the base:
 * an isolate that flushes again under its name, after an outage of the ledger, is still counted once.
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
	#snapshots: Snapshot[];
	/** Only in memory: isolates report their warnings again with every flush. */
	readonly #warnings: ReportedWarnings = new Map();

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		this.#sql = ctx.storage.sql;
		this.#load();
		this.#snapshots = [snapshot(this.#totals, Date.now())];
	}

	/** `POST /flush` takes a `Flush`; `GET /totals` answers the `Totals`. */
	override async fetch(request: Request): Promise<Response> {
		const { pathname } = new URL(request.url);
		if (request.method === "POST" && pathname === "/flush") {
			const flush = readFlush(await request.json());
			if (flush === null) return Response.json({ message: "not a flush" }, { status: 400 });
			return Response.json({ accepted: this.#accept(flush, Date.now()) });
		}
		if (request.method === "GET" && pathname === "/totals") return Response.json(this.#read(Date.now()));
		return Response.json({ message: "not found" }, { status: 404 });
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

	/** Returns false for a flush that is older than the last one of its isolate. */
	#accept(flush: Flush, now: number): boolean {
		const before = this.#rowOf(flush.isolate) ?? this.#unfold(flush.isolate);
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
		this.#updateMaxima(flush, now);
		addWarnings(this.#warnings, flush.warnings, now);
		if (now - this.#foldedAt >= FOLD_INTERVAL_MS) this.#fold(now);
		return true;
	}

	#updateMaxima(flush: Flush, now: number): void {
		const { liveMax } = this.#base;
		for (const [key, live] of Object.entries(flush.live)) liveMax[key] = Math.max(live, liveMax[key] ?? 0);
		const last = this.#snapshots.at(-1)!;
		if (now - last.at < SNAPSHOT_INTERVAL_MS) return;
		const next = snapshot(this.#totals, now);
		this.#base.rateMax = highest(this.#base.rateMax, ratesBetween(last, next));
		this.#snapshots = [last, next];
	}

	#rowOf(isolate: string): IsolateRow | undefined {
		return this.#sql.exec<IsolateRow>("SELECT * FROM isolates WHERE isolate = ?", isolate).toArray()[0];
	}

	/** Moves the rows of isolates without recent flushes into the base, which keeps the table short. */
	#fold(now: number): void {
		this.#foldedAt = now;
		this.#rebase((counts) => {
			const old = now - FOLD_AFTER_MS;
			for (const row of this.#sql.exec<IsolateRow>("SELECT * FROM isolates WHERE at < ?", old))
				addCounts(counts, JSON.parse(row.counts) as Counts, 1);
			this.#sql.exec("INSERT OR REPLACE INTO folded SELECT * FROM isolates WHERE at < ?", old);
			this.#sql.exec("DELETE FROM isolates WHERE at < ?", old);
			this.#sql.exec("DELETE FROM folded WHERE at < ?", now - FORGET_AFTER_MS);
		});
	}

	/** Moves the row of an isolate that flushes again out of the base. The totals do not change. */
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

	/** Changes base and rows in one transaction, and updates memory only after it commits. */
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

	/** Isolates that flushed within the last minute, counted by their rows, which survive a restart. */
	#activeIsolates(now: number): number {
		return this.#sql
			.exec<{ active: number }>("SELECT COUNT(*) AS active FROM isolates WHERE at >= ?", now - MINUTE_MS)
			.one().active;
	}

	#read(now: number): Totals {
		const rates = ratesBetween(this.#reference(now), snapshot(this.#totals, now));
		this.#base.rateMax = highest(this.#base.rateMax, rates);
		return {
			since: this.#base.since,
			isolates: this.#activeIsolates(now),
			counts: this.#totals,
			rates,
			rateMax: this.#base.rateMax,
			liveMax: this.#base.liveMax,
			warnings: currentWarnings(this.#warnings, now),
		};
	}

	/** The latest snapshot that is old enough for a rate. */
	#reference(now: number): Snapshot {
		return this.#snapshots.findLast((each) => now - each.at >= SNAPSHOT_INTERVAL_MS) ?? this.#snapshots[0]!;
	}
}

type IsolateRow = { isolate: string; sequence: number; at: number; counts: string };

function readFlush(given: unknown): Flush | null {
	const flush = given as Partial<Flush> | null;
	if (typeof flush?.isolate !== "string" || !Number.isSafeInteger(flush.sequence)) return null;
	if (readCounts(flush.counts) === null || readCounts({ live: flush.live }) === null) return null;
	const warnings = readWarnings(flush.warnings);
	return warnings === null ? null : ({ ...flush, warnings } as Flush);
}
