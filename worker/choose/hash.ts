/** Rendezvous hashing: every node scores every key and the highest score wins, so a node that leaves moves only its own keys. */
import type { Node, Pool } from "../config/pool.ts";
import { fnv1a } from "../contract.ts";
import { isInService, type NodeTable } from "../health/node-table.ts";
import { readCookie } from "../stick/cookie.ts";

/** A node that may be chosen, with the weight to hash by. */
export interface HashCandidate {
	readonly node: Node;
	readonly weight: number;
}

/** The node with the highest score for `key`; null when none has weight. Distinct ids do not tie. */
export function rendezvous<T extends HashCandidate>(candidates: readonly T[], key: string): T | null {
	const seed = fnv1a(key);
	let best: T | null = null;
	let highest = -1;
	for (const each of candidates) {
		if (each.weight <= 0) continue;
		// Weighted rendezvous (Schindelhauer and Schomaker, "Weighted Distributed Hash Tables", SPAA 2005): -w / ln(u) gives each node its share of keys.
		const score = -each.weight / Math.log((mix(fnv1a(each.node.id, seed)) + 1) / 4_294_967_297);
		if (score > highest) {
			highest = score;
			best = each;
		}
	}
	return best;
}

/**
 * The value that selects a node with `balance = "hash"`, from the place in the request that `hash_on` names; null when the
 * pool does not hash, or the request has no such value.
 */
export function hashKey(pool: Pool, search: string, headers: Headers): string | null {
	if (pool.balance !== "hash" || pool.hashOn === null) return null;
	const { kind, name } = pool.hashOn;
	if (kind === "header") return headers.get(name);
	if (kind === "cookie") return readCookie(headers.get("cookie"), name);
	return new URLSearchParams(search).get(name);
}

/**
 * The node of a client address under `source` stickiness, for new and existing sessions. It hashes by configured
 * weights, since slow start and full nodes would move live sessions; suspicion does not count either. A node that
 * is not UP, or fails this isolate's own health check, moves only its own clients; when no node is in service,
 * those that are DOWN or fail it are used.
 */
export function nodeOfAddress(table: NodeTable, address: string, tried: readonly Node[]): Node | null {
	const usable = table.nodes.filter(
		({ state, weight, node }) =>
			weight > 0 && state !== "DRAIN" && state !== "MAINT" && !tried.includes(node),
	);
	const inService = usable.filter(isInService);
	const weighted = (inService.length > 0 ? inService : usable).map(({ node }) => ({
		node,
		weight: node.weight,
	}));
	return rendezvous(weighted, address)?.node ?? null;
}

/** The finaliser of Murmur3: with FNV alone, similar keys get similar scores. */
function mix(hash: number): number {
	let h = hash;
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	return (h ^ (h >>> 16)) >>> 0;
}
