/** The nodes a new session may go to, with their weights of the moment. */
import { admits } from "../health/breaker.ts";
import { type Knowledge, stateAt } from "../health/knowledge.ts";
import type { Node, Pool } from "../pool.ts";
import type { Weighted } from "./balance.ts";

/** A weight of 1 in whole parts, so that slow start can give a share of it. */
const PARTS = 100;
/** The share a node that just came back begins with. */
const FIRST_SHARE = 0.1;

/**
 * For a new session, or for a request that opens none. Every node that is not drained, in maintenance, full, tried already or failing by this isolate's own
 * evidence; those the monitor calls DOWN only when no other is left but for being full. So when a mistaken
 * monitor calls all of them DOWN, they are tried all the same (the panic rule).
 */
export function candidates(
	pool: Pool,
	known: Knowledge,
	tried: readonly Node[],
	now: number,
	session: boolean,
): Weighted[] {
	const up: Weighted[] = [];
	const down: Weighted[] = [];
	let full = false;
	for (const node of pool.nodes) {
		const i = node.index;
		const state = stateAt(known, i);
		if (state === "DRAIN" || state === "MAINT" || known.weight[i]! <= 0 || tried.includes(node)) continue;
		if (!admits(known, i, now, session)) continue;
		const load = known.sessions[i]! + known.picks[i]!;
		if (session && known.boot[i] !== "" && isFull(node, known.limit[i]!, load)) {
			full ||= state === "UP";
			continue;
		}
		const weight = Math.max(
			1,
			Math.round(PARTS * known.weight[i]! * share(known.risen[i]!, pool.slowStart, now)),
		);
		(state === "UP" ? up : down).push({ node, weight, load });
	}
	return up.length > 0 || full ? up : down;
}

/** By its reports: without any, sessions that ended would be counted for ever. */
function isFull(node: Node, reported: number, load: number): boolean {
	return (node.maxSessions > 0 && load >= node.maxSessions) || (reported > 0 && load >= reported);
}

/** Slow start: from a tenth to the whole over the pool's time, beginning when the node came back. */
export function share(risen: number, slowStart: number, now: number): number {
	if (risen === 0 || slowStart === 0) return 1;
	return Math.min(1, Math.max(FIRST_SHARE, (now - risen) / slowStart));
}
