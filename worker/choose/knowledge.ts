/** What one isolate knows of a pool's nodes: plain numbers by the node's place, so that no request can hang another. */
import type { Pool } from "../pool.ts";

export interface Knowledge {
	/** New sessions given to each node since its last report. */
	readonly picks: Uint32Array;
	/** Sessions each node last reported. */
	readonly sessions: Uint32Array;
	/** Turns of round robin taken. */
	turn: number;
}

/** Knowledge of nothing yet. Round robin starts anywhere, so that many young isolates do not all begin with the first node. */
export function newKnowledge(pool: Pool, random: () => number): Knowledge {
	return {
		picks: new Uint32Array(pool.nodes.length),
		sessions: new Uint32Array(pool.nodes.length),
		turn: Math.floor(random() * 1000),
	};
}
