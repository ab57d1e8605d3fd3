/** Choosing a node for a new session, or for a request outside Engine.IO. */
import type { Node, Pool } from "../config/pool.ts";
import { isAvailable, type NodeStatus, type NodeTable, recordChoice } from "../health/node-table.ts";
import { rendezvous } from "./hash.ts";

/** A node that may be chosen, with its current weight (a whole number above 0) and its sessions. */
export interface Candidate {
	readonly node: Node;
	readonly weight: number;
	readonly load: number;
}

/** What a choice depends on, besides the nodes. */
export interface Criteria {
	/** Epoch ms. */
	readonly now: number;
	/** Returns a number in [0, 1). */
	readonly random: () => number;
	/** The node that the client's cookie names; chosen if it takes new sessions. */
	readonly prefer: Node | null;
	/** Whether the request opens a session; others add no lasting load. */
	readonly opensSession: boolean;
	/** The key of `balance = "hash"`; null = none. */
	readonly key: string | null;
}

/** Weights are multiplied by this, so that slow start can give a part of weight 1 as a whole number. */
const WEIGHT_SCALE = 100;
/** The share with which a node begins slow start. */
const FIRST_SHARE = 0.1;

/** Chooses one of the pool's nodes that were not tried for this request, and records the choice; null = none is left. */
export function choose(
	pool: Pool,
	table: NodeTable,
	tried: readonly Node[],
	criteria: Criteria,
): Node | null {
	const nodes = candidates(pool, table, tried, criteria.now, criteria.opensSession);
	const chosen = pick(pool, table, nodes, criteria)?.node ?? null;
	if (chosen !== null) recordChoice(table.nodes[chosen.index]!, criteria.now, criteria.opensSession);
	return chosen;
}

function pick(
	pool: Pool,
	table: NodeTable,
	nodes: readonly Candidate[],
	criteria: Criteria,
): Candidate | null {
	const preferred = nodes.find((each) => each.node === criteria.prefer);
	if (preferred) return preferred;
	if (criteria.key !== null) return rendezvous(nodes, criteria.key);
	if (pool.balance === "roundrobin") return byTurn(nodes, table.turn++);
	return leastOfTwo(nodes, criteria.random);
}

/**
 * The nodes that may be chosen: not in DRAIN or MAINT, not full, not tried already, breaker not open. Nodes that
 * are DOWN are used only when no other is left and none is merely full: if the monitor wrongly reports all of
 * them DOWN, they are tried anyway (panic rule).
 */
export function candidates(
	pool: Pool,
	table: NodeTable,
	tried: readonly Node[],
	now: number,
	opensSession: boolean,
): Candidate[] {
	const up: Candidate[] = [];
	const down: Candidate[] = [];
	let full = false;
	for (const status of table.nodes) {
		const { node, state } = status;
		if (state === "DRAIN" || state === "MAINT" || status.weight <= 0 || tried.includes(node)) continue;
		if (!isAvailable(status, now, opensSession)) continue;
		const load = status.sessions + status.picks;
		if (opensSession && isFull(status, load)) {
			full ||= state === "UP";
			continue;
		}
		const share = slowStartShare(status.upSince, pool.slowStart, now);
		const weight = Math.max(1, Math.round(WEIGHT_SCALE * status.weight * share));
		(state === "UP" ? up : down).push({ node, weight, load });
	}
	return up.length > 0 || full ? up : down;
}

/** Only a node that reports its sessions can be full. Without reports, ended sessions would never be subtracted. */
function isFull({ node, boot, sessionLimit }: NodeStatus, load: number): boolean {
	if (boot === "") return false;
	return (node.maxSessions > 0 && load >= node.maxSessions) || (sessionLimit > 0 && load >= sessionLimit);
}

/** The share of its weight that a node gets: it grows from a tenth to all of it within `slowStart` ms of coming back. */
export function slowStartShare(upSince: number, slowStart: number, now: number): number {
	if (upSince === 0 || slowStart === 0) return 1;
	return Math.min(1, Math.max(FIRST_SHARE, (now - upSince) / slowStart));
}

/**
 * Power of two choices: draws two nodes by weight and takes the one with fewer sessions for its weight. Null
 * when there is no node.
 */
export function leastOfTwo(nodes: readonly Candidate[], random: () => number): Candidate | null {
	const first = drawByWeight(nodes, null, random);
	if (first === null) return null;
	const second = drawByWeight(nodes, first, random);
	if (second === null) return first;
	return second.load / second.weight < first.load / first.weight ? second : first;
}

/** Weighted round robin; `turn` is any whole number that grows by one. */
export function byTurn(nodes: readonly Candidate[], turn: number): Candidate | null {
	const unit = nodes.reduce((divisor, each) => gcd(each.weight, divisor), 0);
	if (unit === 0) return null;
	const round = totalWeight(nodes) / unit;
	// A step co-prime to the round spreads a heavy node's turns over the round, instead of giving them in a row.
	let position = (turn * strideOf(round)) % round;
	for (const each of nodes) {
		position -= each.weight / unit;
		if (position < 0) return each;
	}
	return null;
}

function drawByWeight(
	nodes: readonly Candidate[],
	except: Candidate | null,
	random: () => number,
): Candidate | null {
	let position = random() * (totalWeight(nodes) - (except?.weight ?? 0));
	let last: Candidate | null = null;
	for (const each of nodes) {
		if (each === except) continue;
		last = each;
		position -= each.weight;
		if (position < 0) return each;
	}
	return last;
}

function totalWeight(nodes: readonly Candidate[]): number {
	let total = 0;
	for (const each of nodes) total += each.weight;
	return total;
}

function strideOf(round: number): number {
	let stride = Math.max(1, Math.round(round * 0.618));
	while (gcd(stride, round) !== 1) stride += 1;
	return stride;
}

function gcd(a: number, b: number): number {
	return b === 0 ? a : gcd(b, a % b);
}
