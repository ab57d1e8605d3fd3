/** How fast things were counted: a rate is the difference of two snapshots of the totals. */
import type { Counts } from "./sums.ts";

/** Milliseconds between snapshots: no rate is drawn from less. */
export const SPACING = 10_000;

/** What has a rate. */
export const RATED = ["sessions", "requests"] as const;
type Rated = (typeof RATED)[number];

/** By proxy, in things a second. */
export type Rates = Record<string, Record<Rated, number>>;

export interface Snapshot {
	/** Epoch ms. */
	readonly at: number;
	readonly counts: Readonly<Record<string, Readonly<Record<Rated, number>>>>;
}

/** The rated numbers of `counts`, kept. */
export function snapshot(counts: Counts, at: number): Snapshot {
	const kept = Object.entries(counts).map(([key, sums]) => [
		key,
		{ sessions: sums["sessions"] ?? 0, requests: sums["requests"] ?? 0 },
	]);
	return { at, counts: Object.fromEntries(kept) };
}

/** Rates from `before` to `after`, over 10 s at least; what was not there before began at 0. */
export function ratesBetween(before: Snapshot, after: Snapshot): Rates {
	const seconds = Math.max(after.at - before.at, SPACING) / 1000;
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

/** The higher of two rates, each by itself. */
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
