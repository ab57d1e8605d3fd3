/** The current statistics: from the ledger and the monitor, or from this isolate alone when they are not available. */
import { askDurableObject, isBound } from "../durable-objects.ts";
import type { Env } from "../env.ts";
import { readVerdict } from "../health/ask-monitor.ts";
import type { StatsSource } from "./counters.ts";
import { flush } from "./flush.ts";
import type { Totals } from "./ledger.ts";
import { type Row, rowsOf } from "./rows.ts";
import { countsOf } from "./sums.ts";
import { warningsOf } from "./warnings.ts";

/**
 * `ledger`: all isolates. `isolate`: only the isolate that answers, since no ledger is bound. `isolate_ledger_silent`:
 * the same, since the bound ledger does not answer.
 */
export type Source = "ledger" | "isolate" | "isolate_ledger_silent";

export interface Statistics {
	/** Epoch ms. */
	readonly at: number;
	readonly since: number;
	readonly source: Source;
	/** Isolates that flushed within the last minute. */
	readonly isolates: number;
	/** Whether the monitor answered; without it states, checks and live sessions are unknown. */
	readonly monitor: boolean;
	readonly rows: readonly Row[];
}

const LEDGER_DEADLINE_MS = 5000;

/** Flushes this isolate's counts, then reads everything. Never rejects. */
export async function readStatistics(source: StatsSource, env: Env): Promise<Statistics> {
	const [ledger, verdict] = await Promise.all([
		flush(source, env).then(() => readTotals(env)),
		readVerdict(env),
	]);
	const now = Date.now();
	const totals = ledger ?? isolateTotals(source);
	return {
		at: now,
		since: totals.since,
		source: ledger !== null ? "ledger" : isBound(env, "ledger") ? "isolate_ledger_silent" : "isolate",
		isolates: totals.isolates,
		monitor: verdict !== null,
		rows: rowsOf(source.config, totals, verdict, now),
	};
}

async function readTotals(env: Env): Promise<Totals | null> {
	if (!isBound(env, "ledger")) return null;
	try {
		const { status, json } = await askDurableObject(env, "ledger", "/totals", LEDGER_DEADLINE_MS);
		if (status !== 200) return null;
		const totals = json as Totals;
		// A state process of an earlier version reports no warnings.
		return { ...totals, warnings: totals.warnings ?? {} };
	} catch {
		return null;
	}
}

function isolateTotals({ counters, pools }: StatsSource): Totals {
	const counts = countsOf(counters, pools);
	const warnings = warningsOf(pools);
	return { since: counters.since, isolates: 1, counts, rates: {}, rateMax: {}, liveMax: {}, warnings };
}
