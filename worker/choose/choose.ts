/** The node for a new session. */
import type { Node, Pool } from "../pool.ts";
import { byTurn, leastOfTwo } from "./balance.ts";
import type { Knowledge } from "./knowledge.ts";

/** Picks among the pool's nodes that were not tried for this request; null = none is left. */
export function choose(
	pool: Pool,
	known: Knowledge,
	tried: readonly Node[],
	random: () => number,
): Node | null {
	const nodes = pool.nodes.filter((node) => node.weight > 0 && !tried.includes(node));
	const picked =
		pool.balance === "roundrobin"
			? byTurn(nodes, known.turn++)
			: leastOfTwo(nodes, (node) => known.sessions[node.index]! + known.picks[node.index]!, random);
	if (picked) known.picks[picked.index]! += 1;
	return picked;
}
