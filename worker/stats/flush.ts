/** Sends an isolate's counts to the ledger: at most once every 10 s, after an answer's headers, so that no client waits for it. */
import { askDurableObject, isBound } from "../durable-objects.ts";
import type { Env } from "../env.ts";
import type { Counters, StatsSource } from "./counters.ts";
import { logLeftOut } from "./log.ts";
import { type Counts, countsOf, liveOf, type Sums } from "./sums.ts";
import { type Warnings, warningsOf } from "./warnings.ts";

export const FLUSH_INTERVAL_MS = 10_000;
/**
 * An isolate whose flushes were not accepted for this long takes a new name, since the ledger forgets names two
 * days later. Counts that it tried to send until then are dropped: the ledger may have received them, and
 * counting too few is better than counting some twice.
 */
export const RENAME_AFTER_MS = 5 * 86_400_000;
const LEDGER_DEADLINE_MS = 5000;

/**
 * Everything that the isolate has counted under its name. The ledger keeps each isolate's flush with the highest
 * sequence, so a flush that is sent twice changes nothing, and the next one makes up for a lost one.
 */
export interface Flush {
	readonly isolate: string;
	readonly sequence: number;
	readonly counts: Counts;
	/** Live sessions as last reported, by pool traffic and by node; empty = unknown. */
	readonly live: Sums;
	/** What the isolate's own traffic shows to be wrong at nodes. */
	readonly warnings: Warnings;
}

/** Sends the counts, and logs how many lines were suppressed. Returns whether the ledger accepted them; never rejects. */
export async function flush(source: StatsSource, env: Env): Promise<boolean> {
	const now = Date.now();
	logLeftOut(source.logLimits, now);
	if (!isBound(env, "ledger")) return false;
	const { counters } = source;
	const next = nextFlush(source, now);
	try {
		const { status } = await askDurableObject(env, "ledger", "/flush", LEDGER_DEADLINE_MS, {
			method: "POST",
			body: JSON.stringify(next),
		});
		if (status !== 200) return false;
		recordAccepted(counters, next, Date.now());
		return true;
	} catch {
		// The ledger is unavailable: the next flush contains these counts too.
		return false;
	}
}

/** Makes the next flush, and records in the counters that it was sent. */
export function nextFlush(source: Pick<StatsSource, "counters" | "pools">, now: number): Flush {
	const { counters, pools } = source;
	if (counters.isolate !== "" && now - counters.flushedAt > RENAME_AFTER_MS) {
		for (let i = 0; i < counters.numbers.length; i++) counters.numbers[i]! -= counters.sent[i]!;
		counters.isolate = "";
	}
	if (counters.isolate === "") {
		counters.isolate = crypto.randomUUID();
		counters.sequence = 0;
		counters.flushedAt = now;
	}
	counters.triedAt = now;
	counters.sequence += 1;
	counters.sent.set(counters.numbers);
	const { isolate, sequence } = counters;
	return {
		isolate,
		sequence,
		counts: countsOf(counters, pools),
		live: liveOf(pools),
		warnings: warningsOf(pools),
	};
}

/** Records that the ledger accepted a flush, unless the isolate has taken a new name since. */
export function recordAccepted(counters: Counters, flush: Flush, now: number): void {
	if (flush.isolate === counters.isolate) counters.flushedAt = now;
}
