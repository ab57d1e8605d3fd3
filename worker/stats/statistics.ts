/** The statistics as they stand: from the ledger and the monitor, or from this isolate alone where they are not bound. */
import type { Edge } from "../edge.ts";
import type { Env } from "../env.ts";
import { askShared, hasShared } from "../state.ts";
import { flush } from "./flush.ts";
import type { Totals } from "./ledger.ts";
import { type Row, rowsOf } from "./rows.ts";
import { verdict } from "./seen.ts";
import { countsOf } from "./sums.ts";

/** `ledger`: all isolates. The others: only the one that answers, since no ledger is bound, or the one bound is silent. */
export type Source = "ledger" | "isolate" | "isolate_ledger_silent";

export interface Statistics {
	/** Epoch ms. */
	readonly at: number;
	readonly since: number;
	readonly source: Source;
	/** Isolates heard within a minute. */
	readonly isolates: number;
	/** Whether the monitor could be asked: without it states, checks and live sessions are not known. */
	readonly monitor: boolean;
	readonly rows: readonly Row[];
}

const ANSWER_LIMIT = 5000;

/** Sends on what this isolate counted, then reads all. Never rejects. */
export async function statistics(edge: Edge, env: Env): Promise<Statistics> {
	const [ledger, seen] = await Promise.all([flush(edge, env).then(() => totals(env)), verdict(env)]);
	const now = Date.now();
	const all = ledger ?? ownTotals(edge, now);
	return {
		at: now,
		since: all.since,
		source: ledger !== null ? "ledger" : hasShared(env, "ledger") ? "isolate_ledger_silent" : "isolate",
		isolates: all.isolates,
		monitor: seen !== null,
		rows: rowsOf(edge.config, all, seen, now),
	};
}

async function totals(env: Env): Promise<Totals | null> {
	if (!hasShared(env, "ledger")) return null;
	try {
		const response = await askShared(env, "ledger", "/totals", { signal: AbortSignal.timeout(ANSWER_LIMIT) });
		return response.ok ? ((await response.json()) as Totals) : null;
	} catch {
		return null;
	}
}

function ownTotals({ counters, config }: Edge, now: number): Totals {
	const counts = countsOf(counters, config.pools);
	return { since: counters.since, heardAt: now, isolates: 1, counts, rates: {}, rateMax: {}, liveMax: {} };
}
