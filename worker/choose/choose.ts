/** Choosing a node for a new session, or for a request outside Engine.IO. */
import type { Node, Pool } from "../config/pool.ts";
import {
	beginHandshake,
	isInService,
	isSuspected,
	type NodeStatus,
	type NodeTable,
	picksAt,
} from "../health/node-table.ts";
import { rendezvous } from "./hash.ts";

/**
 * A node that may be chosen, with its current weight (a whole number above 0) and its load: its sessions where every
 * node in service reports them, else the sessions that this isolate lately sent to it, so that nodes with and
 * without reports are treated alike.
 */
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
	if (staysWithPreferred(table, tried, criteria)) return criteria.prefer;
	const nodes = candidates(pool, table, tried, criteria);
	const chosen = pick(pool, table, nodes, criteria)?.node ?? null;
	if (chosen !== null && criteria.opensSession)
		beginHandshake(table.nodes[chosen.index]!, criteria.now + pool.timeouts.handshake, criteria.now);
	return chosen;
}

/**
 * A visitor whose cookie names a node stays there, as sessions do, while the node is in service or in DRAIN. Its weight
 * and suspicion decide about new sessions only.
 */
function staysWithPreferred(table: NodeTable, tried: readonly Node[], criteria: Criteria): boolean {
	const { prefer, opensSession } = criteria;
	if (prefer === null || opensSession || tried.includes(prefer)) return false;
	const status = table.nodes[prefer.index]!;
	return status.state === "DRAIN" || isInService(status);
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
	// Requests outside Engine.IO leave no session behind, so they are spread evenly.
	if (pool.balance === "roundrobin" || !criteria.opensSession) return byTurn(nodes, table.turn++);
	return leastOfTwo(nodes, criteria.random);
}

/**
 * The nodes that may be chosen: with weight, not in DRAIN or MAINT, not full, not tried already. Those in service
 * that are not suspected come first, then the suspected ones. Nodes that are DOWN or whose breaker is open are used
 * only when no other is left and none is merely full or refuses sessions: if all of them only seem to fail, they are
 * tried anyway (panic rule).
 */
export function candidates(
	pool: Pool,
	table: NodeTable,
	tried: readonly Node[],
	{ now, opensSession, prefer }: Pick<Criteria, "now" | "opensSession" | "prefer">,
): Candidate[] {
	const good: Candidate[] = [];
	const suspected: Candidate[] = [];
	const outOfService: Candidate[] = [];
	const byReport = table.nodes.every((status) => status.boot !== "" || !isInService(status));
	let isAnyFull = false;
	for (const status of table.nodes) {
		const { node, state } = status;
		if (state === "DRAIN" || state === "MAINT" || status.weight <= 0) continue;
		const { sinceReport, recent, pending } = picksAt(status, now);
		const sessions = status.sessions + sinceReport;
		if (opensSession && (status.refusedUntil > now || isFull(status, sessions))) {
			isAnyFull ||= isInService(status);
			continue;
		}
		if (tried.includes(node)) continue;
		const share = slowStartShare(status.upSince, pool.slowStart, now);
		const weight = Math.max(1, Math.round(WEIGHT_SCALE * status.weight * share));
		// A client keeps its node although that is suspected, since it may have sessions there.
		const isLast = node !== prefer && isSuspected(status, now);
		const group = !isInService(status) ? outOfService : isLast ? suspected : good;
		group.push({ node, weight, load: pending + (byReport ? sessions : recent) });
	}
	if (good.length > 0) return good;
	return suspected.length > 0 || isAnyFull ? suspected : outOfService;
}

/**
 * Only a node that reports its sessions can be full: without reports, ended sessions would never be subtracted. Pending
 * handshakes do not count, since a client could begin many that open no session.
 */
function isFull({ node, boot, sessionLimit }: NodeStatus, load: number): boolean {
	if (boot === "") return false;
	const sessions = Math.round(load);
	return (
		(node.maxSessions > 0 && sessions >= node.maxSessions) || (sessionLimit > 0 && sessions >= sessionLimit)
	);
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
