/** Stickiness by client address: the node follows from the address alone, for new sessions and old. */
import { type Knowledge, stateAt } from "../health/knowledge.ts";
import type { Node, Pool } from "../pool.ts";
import { rendezvous } from "./hash.ts";

/**
 * The node of an address, by fixed weights: slow start or a full node would move live sessions. A node that
 * is not UP, or failing by this isolate's evidence, moves its own clients only; when none is left, those
 * called DOWN are taken to be up.
 */
export function nodeOfSource(
	pool: Pool,
	known: Knowledge,
	address: string,
	tried: readonly Node[],
	now: number,
): Node | null {
	const nodes = pool.nodes.filter(
		(node) => known.weight[node.index]! > 0 && known.openUntil[node.index]! <= now && !tried.includes(node),
	);
	const up = nodes.filter((node) => stateAt(known, node.index) === "UP");
	const others = nodes.filter((node) => stateAt(known, node.index) === "DOWN");
	const usable = up.length > 0 ? up : others;
	return (
		rendezvous(
			usable.map((node) => ({ node, weight: node.weight, load: 0 })),
			address,
		)?.node ?? null
	);
}
