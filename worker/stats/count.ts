/** The last step: what a passage adds to the counters. */
import type { Edge } from "../edge.ts";
import type { Env } from "../env.ts";
import { isHandshake, type Passage } from "../passage.ts";
import { count as add, countFront } from "./counters.ts";

/** Counts one passage. Costs a few additions; waits for nothing. */
export function count(passage: Passage, edge: Edge, _env: Env, _ctx: ExecutionContext): void {
	const { asked, pool, ending, attempts } = passage;
	const { counters } = edge;
	countFront(counters, "requests");
	if (ending === "redirected") countFront(counters, "redirected");
	if (ending === "plain_upgrade") countFront(counters, "plain_upgrades");
	if (ending === "no_route") countFront(counters, "no_route");
	if (pool === null) return;
	add(counters, pool.index, asked.traffic, "requests");
	for (let i = 1; i < attempts.length; i++) add(counters, pool.index, asked.traffic, "retried");
	if (ending === "passed") {
		if (asked.sid !== null) add(counters, pool.index, asked.traffic, "sticky");
		else if (isHandshake(asked)) add(counters, pool.index, asked.traffic, "handshakes");
	} else if (ending === "gone" || ending === "denied") add(counters, pool.index, asked.traffic, ending);
	else if (ending === "failed" || ending === "no_node") add(counters, pool.index, asked.traffic, "failed");
}
