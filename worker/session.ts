/** A request of a session: to the node that stickiness names, or gone. Never to another. */
import { engineError, preflight } from "./answers.ts";
import type { Arrival } from "./arrival.ts";
import { type Attempt, forwardOfSession } from "./forward/forward.ts";
import type { Passed } from "./forward/passed.ts";
import { onOutcome } from "./health/breaker.ts";
import { stateAt } from "./health/knowledge.ts";
import { discard, type Passage, passageOf } from "./passage.ts";
import type { Node, Pool } from "./pool.ts";

export async function toItsNode(arrival: Arrival, pool: Pool, node: Node, passed: Passed): Promise<Passage> {
	const { edge } = arrival;
	const known = edge.known[pool.index]!;
	if (stateAt(known, node.index) === "MAINT") return gone(arrival, pool, []);
	const sent = await forwardOfSession(edge, known, node, passed);
	const { outcome, response, endedAt } = sent;
	const answered = outcome === "ok" || outcome === "refused";
	// With a body under way the client may be the one who broke off or is slow: no evidence of the node.
	if (answered || passed.body === null) onOutcome(known, node.index, outcome, endedAt, Math.random);
	if (answered) return passageOf(arrival, "passed", response!, pool, [sent]);
	await discard(response);
	return gone(arrival, pool, [sent]);
}

/** Tells the client that its session is no more, so that it makes a new one within 1.5 s; a preflight is only a question. */
export function gone(arrival: Arrival, pool: Pool, attempts: readonly Attempt[]): Passage {
	const { asked, carried, request } = arrival;
	if (asked.method === "OPTIONS")
		return passageOf(arrival, "preflight", preflight(carried.origin, request.headers), pool, attempts);
	return passageOf(arrival, "gone", engineError(1, carried.origin), pool, attempts);
}
