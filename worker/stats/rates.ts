/** Rates: the difference of two snapshots of the totals, per second. */
import type { Counts } from "./sums.ts";

/** The least time between two snapshots, and therefore of any rate. */
export const SNAPSHOT_INTERVAL_MS = 10_000;

/** Counters that have a rate. */
const RATED = ["sessions", "requests"] as const;
type Rated = (typeof RATED)[number];

/** By key, per second. */
export type Rates = Record<string, Record<Rated, number>>;

export interface Snapshot {
	/** Epoch ms. */
	readonly at: number;
	readonly counts: Readonly<Record<string, Readonly<Record<Rated, number>>>>;
}

/** A snapshot of the counters that have a rate. */
export function snapshot(counts: Counts, at: number): Snapshot {
	const kept = Object.entries(counts).map(([key, sums]) => [
		key,
		{ sessions: sums["sessions"] ?? 0, requests: sums["requests"] ?? 0 },
	]);
	return { at, counts: Object.fromEntries(kept) };
}

/** Rates from `before` to `after`, over at least 10 s. A key that is missing in `before` began at 0. */
export function ratesBetween(before: Snapshot, after: Snapshot): Rates {
	const seconds = Math.max(after.at - before.at, SNAPSHOT_INTERVAL_MS) / 1000;
	const rates: Rates = {};
	for (const [key, now] of Object.entries(after.counts)) {
		const then = before.counts[key];
		rates[key] = {
			sessions: Math.max(0, now.sessions - (then?.sessions ?? 0)) / seconds,
			requests: Math.max(0, now.requests - (then?.requests ?? 0)) / seconds,
		};
	}
	return rates;
}

/** The higher of two rates, for each key and counter. */
export function highest(a: Rates, b: Rates): Rates {
	const rates: Rates = { ...a };
	for (const [key, rate] of Object.entries(b)) {
		const other = rates[key];
		rates[key] = {
			sessions: Math.max(rate.sessions, other?.sessions ?? 0),
			requests: Math.max(rate.requests, other?.requests ?? 0),
		};
	}
	return rates;
}
