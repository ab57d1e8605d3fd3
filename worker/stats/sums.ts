/** Counts by name, as they travel from the isolates to the ledger and on to the faces. */
import { TRAFFICS } from "../contract.ts";
import type { Knowledge } from "../health/knowledge.ts";
import type { Pool } from "../pool.ts";
import { COUNTED, type Counters, FRONT_COUNTED, slotOf, WHOLE } from "./counters.ts";

/** Numbers by what is counted; what is not there is 0. */
export type Sums = Record<string, number>;

/** By proxy: `front`, `app_polling`, or `app_polling/n1` for a node's share. Only what was ever counted. */
export type Counts = Record<string, Sums>;

/** The frontend's name among the proxies. */
export const FRONT = "front";

/** The key of a pool's traffic, or of a node's share of it. */
export function keyOf(pool: string, traffic: string, node: string | null): string {
	return node === null ? `${pool}_${traffic}` : `${pool}_${traffic}/${node}`;
}

/** An isolate's counters by name. */
export function countsOf(counters: Counters, pools: readonly Pool[]): Counts {
	const counts: Counts = {};
	put(counts, FRONT, FRONT_COUNTED, counters.numbers, 0);
	for (const pool of pools)
		for (const traffic of TRAFFICS) {
			const whole = slotOf(counters, pool.index, traffic, WHOLE);
			put(counts, keyOf(pool.name, traffic, null), COUNTED, counters.numbers, whole);
			for (const node of pool.nodes) {
				const slot = slotOf(counters, pool.index, traffic, node.index);
				put(counts, keyOf(pool.name, traffic, node.id), COUNTED, counters.numbers, slot);
			}
		}
	return counts;
}

function put(
	counts: Counts,
	key: string,
	names: readonly string[],
	numbers: Float64Array,
	start: number,
): void {
	const sums: Sums = {};
	let any = false;
	for (let i = 0; i < names.length; i++) {
		const value = numbers[start + i]!;
		if (value === 0) continue;
		sums[names[i]!] = value;
		any = true;
	}
	if (any) counts[key] = sums;
}

/** Live sessions as the nodes last reported them to this isolate, by the same keys; none where nothing is known or nobody is. */
export function liveOf(known: readonly Knowledge[], pools: readonly Pool[]): Sums {
	const live: Sums = {};
	for (const pool of pools)
		for (const node of pool.nodes)
			for (const [i, traffic] of (["polling", "websocket", "flashsocket"] as const).entries()) {
				const sessions = known[pool.index]!.live[node.index * 3 + i]!;
				if (sessions === 0) continue;
				live[keyOf(pool.name, traffic, node.id)] = sessions;
				const whole = keyOf(pool.name, traffic, null);
				live[whole] = (live[whole] ?? 0) + sessions;
			}
	return live;
}

/** Adds `more` to `into`, times `sign`. */
export function addCounts(into: Counts, more: Counts, sign: 1 | -1): void {
	for (const [key, sums] of Object.entries(more)) {
		into[key] ??= {};
		const target = into[key];
		for (const [name, value] of Object.entries(sums)) target[name] = (target[name] ?? 0) + sign * value;
	}
}

/** Reads counts that came over the wire; null = they are not counts. Names not known are kept: an older ledger may serve a newer edge. */
export function readCounts(given: unknown): Counts | null {
	if (!isRecord(given)) return null;
	for (const sums of Object.values(given))
		if (!isRecord(sums) || !Object.values(sums).every((value) => Number.isFinite(value))) return null;
	return given as Counts;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
