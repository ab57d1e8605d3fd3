/** Where a request goes: stick, choose, then one node or the next. */
import type { Arrival } from "./arrival.ts";
import { choose } from "./choose/choose.ts";
import { hashKey } from "./choose/key.ts";
import { nodeOfSource } from "./choose/source.ts";
import type { Passed } from "./forward/passed.ts";
import { Journey } from "./journey.ts";
import { isHandshake, type Passage } from "./passage.ts";
import type { Node, Pool } from "./pool.ts";
import { gone, toItsNode } from "./session.ts";
import { type Stuck, stick } from "./stick/stick.ts";

/** To the node that stickiness names, or to one of choice. */
export function onward(
	arrival: Arrival,
	pool: Pool,
	passed: Passed,
	clientIp: string,
): Promise<Passage> | Passage {
	const stuck = stick(pool, arrival.asked, arrival.carried.cookie, clientIp);
	if (stuck.kind === "node") return toItsNode(arrival, pool, stuck.node, passed);
	if (stuck.kind === "gone") return gone(arrival, pool, []);
	if (stuck.kind === "key") return bySource(arrival, pool, passed, stuck.key);
	return toOneOfChoice(arrival, pool, passed, stuck);
}

/** The address alone names the node, of new sessions and old. */
function bySource(arrival: Arrival, pool: Pool, passed: Passed, address: string): Promise<Passage> | Passage {
	const known = arrival.edge.known[pool.index]!;
	const next = (tried: readonly Node[]) => nodeOfSource(pool, known, address, tried, Date.now());
	if (arrival.asked.sid === null) return new Journey(arrival, pool, passed).toAnyNode(next);
	const node = next([]);
	return node === null ? gone(arrival, pool, []) : toItsNode(arrival, pool, node, passed);
}

function toOneOfChoice(
	arrival: Arrival,
	pool: Pool,
	passed: Passed,
	stuck: Extract<Stuck, { kind: "prefer" | "any" }>,
): Promise<Passage> {
	const { asked, edge, request } = arrival;
	const known = edge.known[pool.index]!;
	const prefer = stuck.kind === "prefer" ? stuck.node : null;
	const key = hashKey(pool, asked.search, request.headers);
	const session = isHandshake(asked);
	return new Journey(arrival, pool, passed).toAnyNode((tried) =>
		choose(pool, known, tried, { now: Date.now(), random: Math.random, key, prefer, session }),
	);
}
