/** Counts by name, in the form that isolates send to the ledger and that views render. */
import { TRAFFICS } from "../contract.ts";
import type { PoolStatus } from "../health/verdict.ts";
import { COUNTED, type Counters, FRONT_COUNTED } from "./counters.ts";

/** Numbers by name; a missing one is 0. */
export type Sums = Record<string, number>;

/** By key: `front`, `app_polling`, or `app_polling/n1` for one node. Keys without counts are left out. */
export type Counts = Record<string, Sums>;

/** The frontend's key. */
export const FRONT = "front";

/** The key of a pool's traffic, or of one node in it. */
export function keyOf(pool: string, traffic: string, node: string | null): string {
	return node === null ? `${pool}_${traffic}` : `${pool}_${traffic}/${node}`;
}

/** An isolate's counters by name. */
export function countsOf({ numbers, slots }: Counters, pools: readonly PoolStatus[]): Counts {
	const counts: Counts = {};
	put(counts, FRONT, FRONT_COUNTED, numbers, 0);
	for (const { pool } of pools)
		for (const traffic of TRAFFICS) {
			const { total, nodes } = slots[pool.index]![traffic];
			put(counts, keyOf(pool.name, traffic, null), COUNTED, numbers, total);
			for (const node of pool.nodes)
				put(counts, keyOf(pool.name, traffic, node.id), COUNTED, numbers, nodes[node.index]!);
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

/** Live sessions by the same keys, as the nodes last reported them to this isolate. Keys without sessions are left out. */
export function liveOf(pools: readonly PoolStatus[]): Sums {
	const live: Sums = {};
	for (const { pool, table } of pools)
		for (const status of table.nodes)
			for (const traffic of ["polling", "websocket", "flashsocket"] as const) {
				const sessions = status.live[traffic];
				if (sessions === 0) continue;
				live[keyOf(pool.name, traffic, status.node.id)] = sessions;
				const total = keyOf(pool.name, traffic, null);
				live[total] = (live[total] ?? 0) + sessions;
			}
	return live;
}

/** Adds `more`, times `sign`, to `into`. */
export function addCounts(into: Counts, more: Counts, sign: 1 | -1): void {
	for (const [key, sums] of Object.entries(more)) {
		into[key] ??= {};
		const target = into[key];
		for (const [name, value] of Object.entries(sums)) target[name] = (target[name] ?? 0) + sign * value;
	}
}

/** Checks counts received from an isolate; null = not counts. Unknown names are kept, since an older ledger may serve a newer edge. */
export function readCounts(given: unknown): Counts | null {
	if (!isRecord(given)) return null;
	for (const sums of Object.values(given))
		if (!isRecord(sums) || !Object.values(sums).every((value) => Number.isFinite(value))) return null;
	return given as Counts;
}

/** Whether received JSON is an object with names. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
