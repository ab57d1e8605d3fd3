/** What one isolate knows of a pool's nodes: plain values by the node's place, so that no request can hang another. */
import { STATES } from "../contract.ts";
import type { Pool } from "../pool.ts";

export interface Knowledge {
	/** New sessions given to each node since its last report, and in all. */
	readonly picks: Uint32Array;
	readonly given: Float64Array;
	/** What each node last reported: live sessions, its own cap (0 = none), sessions opened since start, boot id. */
	readonly sessions: Uint32Array;
	readonly limit: Uint32Array;
	/** Of the live sessions, those on polling, websocket and flashsocket, node after node. */
	readonly live: Uint32Array;
	readonly opened: Float64Array;
	readonly boot: string[];
	/** The monitor's verdict: place in `STATES`, weight in force. */
	readonly state: Uint8Array;
	readonly weight: Float64Array;
	/** Epoch ms when it last came back, by the monitor's word or this isolate's evidence; 0 = never. */
	readonly risen: Float64Array;
	/** The breaker's: failures in a row, epoch ms until which no new session is sent. */
	readonly failures: Uint8Array;
	readonly openUntil: Float64Array;
	readonly refusedUntil: Float64Array;
	/** The fault the monitor found: place in `FAULTS`. */
	readonly fault: Uint8Array;
	/** When the ids it mints were last seen to name it, epoch ms: 0 = not looked at, -1 = they did not. */
	readonly minted: Float64Array;
	/** Turns of round robin taken. */
	turn: number;
}

/** Knowledge of nothing yet. Round robin starts anywhere, so that many young isolates do not all begin with the first node. */
export function newKnowledge(pool: Pool, random: () => number): Knowledge {
	const n = pool.nodes.length;
	return {
		picks: new Uint32Array(n),
		given: new Float64Array(n),
		sessions: new Uint32Array(n),
		limit: new Uint32Array(n),
		live: new Uint32Array(n * 3),
		opened: new Float64Array(n),
		boot: new Array<string>(n).fill(""),
		state: new Uint8Array(n).fill(STATES.indexOf("UP")),
		weight: Float64Array.from(pool.nodes, (node) => node.weight),
		risen: new Float64Array(n),
		failures: new Uint8Array(n),
		openUntil: new Float64Array(n),
		refusedUntil: new Float64Array(n),
		fault: new Uint8Array(n),
		minted: new Float64Array(n),
		turn: Math.floor(random() * 1000),
	};
}

/** The monitor's word on the node at `i`. */
export function stateAt(known: Knowledge, i: number): (typeof STATES)[number] {
	return STATES[known.state[i]!]!;
}
