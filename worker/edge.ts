/** One isolate's edge: the checked configuration, what is known of the nodes, and the counters. Plain data, but for what ends waits. */

import { type Config, readConfig } from "./config.ts";
import type { Env } from "./env.ts";
import { newWaiting, type Waiting } from "./forward/waiting.ts";
import { type Knowledge, newKnowledge } from "./health/knowledge.ts";
import { type HandshakeRate, newHandshakeRate } from "./request/handshake-rate.ts";
import { type Counters, newCounters } from "./stats/counters.ts";

export interface Edge {
	readonly config: Config;
	/** By the pool's place. */
	readonly known: readonly Knowledge[];
	readonly counters: Counters;
	/** The monitor's verdict: epoch ms when it was last had, and when a request last set out for it; 0 = never. */
	readonly verdict: { at: number; claimedAt: number };
	/** Requests of sessions that wait for their node. */
	readonly waiting: Waiting;
	/** Handshakes of this minute by client. */
	readonly handshakes: HandshakeRate;
}

let current: { readonly env: Env; readonly edge: Edge | null } | null = null;

/** The edge of this isolate; null when its configuration is wrong, which the log has said once. */
export function edgeOf(env: Env): Edge | null {
	if (current === null || current.env !== env) current = { env, edge: readEdge(env) };
	return current.edge;
}

/** An edge that knows nothing yet. */
export function newEdge(config: Config): Edge {
	return {
		config,
		known: config.pools.map((pool) => newKnowledge(pool, Math.random)),
		counters: newCounters(
			config.pools.map((pool) => pool.nodes.length),
			Date.now(),
		),
		verdict: { at: 0, claimedAt: 0 },
		waiting: newWaiting(),
		handshakes: newHandshakeRate(),
	};
}

function readEdge(env: Env): Edge | null {
	const config = readConfig(env);
	if ("pools" in config) return newEdge(config);
	console.error(JSON.stringify({ level: "error", code: "EDGE_CONFIG", problems: config }));
	return null;
}
