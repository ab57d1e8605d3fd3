/** What an isolate counts: plain numbers in typed arrays, one row a pool and kind of traffic. */
import { TRAFFICS, type Traffic } from "../contract.ts";

/** Counted for each pool and kind of traffic. */
export const COUNTED = [
	"requests",
	"handshakes",
	"sticky",
	"gone",
	"retried",
	"refused",
	"failed",
	"denied",
] as const;
export type Counted = (typeof COUNTED)[number];

/** Counted for the frontend as a whole. */
export const FRONT_COUNTED = ["requests", "redirected", "plain_upgrades", "no_route"] as const;
export type FrontCounted = (typeof FRONT_COUNTED)[number];

export interface Counters {
	readonly front: Float64Array;
	/** By pool, then traffic, then what is counted. */
	readonly pools: Float64Array;
	/** New sessions given to each node, by pool and place. */
	readonly since: number;
}

export function newCounters(pools: number, now: number): Counters {
	return {
		front: new Float64Array(FRONT_COUNTED.length),
		pools: new Float64Array(pools * TRAFFICS.length * COUNTED.length),
		since: now,
	};
}

export function countFront(counters: Counters, what: FrontCounted): void {
	counters.front[FRONT_COUNTED.indexOf(what)]! += 1;
}

export function count(counters: Counters, pool: number, traffic: Traffic, what: Counted): void {
	counters.pools[
		(pool * TRAFFICS.length + TRAFFICS.indexOf(traffic)) * COUNTED.length + COUNTED.indexOf(what)
	]! += 1;
}

/** The counts of one pool and kind of traffic, by name. */
export function countsOf(counters: Counters, pool: number, traffic: Traffic): Record<Counted, number> {
	const start = (pool * TRAFFICS.length + TRAFFICS.indexOf(traffic)) * COUNTED.length;
	return Object.fromEntries(COUNTED.map((name, i) => [name, counters.pools[start + i]!])) as Record<
		Counted,
		number
	>;
}
