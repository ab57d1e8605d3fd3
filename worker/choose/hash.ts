/** Rendezvous hashing: every node scores every key, the highest score wins, so a node that leaves moves only its own keys. */
import type { Weighted } from "./balance.ts";

/** The node with the highest score for `key`; null when none has weight. Ties do not arise from distinct ids. */
export function rendezvous(nodes: readonly Weighted[], key: string): Weighted | null {
	const seed = fnv(0x811c9dc5, key);
	let best: Weighted | null = null;
	let highest = -1;
	for (const each of nodes) {
		if (each.weight <= 0) continue;
		// Weighted rendezvous (Schindelhauer, Schomaker 2005): -w / ln(u) gives each node its share of keys.
		const score = -each.weight / Math.log((mix(fnv(seed, each.node.id)) + 1) / 4_294_967_297);
		if (score > highest) {
			highest = score;
			best = each;
		}
	}
	return best;
}

function fnv(seed: number, text: string): number {
	let hash = seed;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	return hash >>> 0;
}

/** Murmur3's finaliser: FNV alone leaves near keys near each other. */
function mix(hash: number): number {
	let h = hash;
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	return (h ^ (h >>> 16)) >>> 0;
}
