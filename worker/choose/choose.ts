/** The node for a new session. */
import { onPick } from "../health/breaker.ts";
import type { Knowledge } from "../health/knowledge.ts";
import type { Node, Pool } from "../pool.ts";
import { byTurn, leastOfTwo, type Weighted } from "./balance.ts";
import { candidates } from "./candidates.ts";
import { rendezvous } from "./hash.ts";

/** What a choice depends on besides the nodes. */
export interface Chance {
	/** Epoch ms. */
	readonly now: number;
	/** A number in [0, 1). */
	readonly random: () => number;
	/** The node the client's cookie names, taken if it takes new sessions. */
	readonly prefer: Node | null;
	/** Whether a session opens; a plain request is no load that lasts. */
	readonly session: boolean;
	/** The key that decides by hash; null = none, or it is not in the request. */
	readonly key: string | null;
}

/** Picks among the pool's nodes that were not tried for this request; null = none is left. */
export function choose(pool: Pool, known: Knowledge, tried: readonly Node[], chance: Chance): Node | null {
	const picked =
		pick(pool, known, candidates(pool, known, tried, chance.now, chance.session), chance)?.node ?? null;
	if (picked === null) return null;
	if (chance.session) {
		known.picks[picked.index]! += 1;
		known.given[picked.index]! += 1;
	}
	onPick(known, picked.index, chance.now);
	return picked;
}

function pick(pool: Pool, known: Knowledge, nodes: readonly Weighted[], chance: Chance): Weighted | null {
	const preferred = nodes.find((each) => each.node === chance.prefer);
	if (preferred) return preferred;
	if (chance.key !== null) return rendezvous(nodes, chance.key);
	if (pool.balance === "roundrobin") return byTurn(nodes, known.turn++);
	return leastOfTwo(nodes, chance.random);
}
