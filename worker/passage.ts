/** How one request passed through the edge: what counting and logging are told, once, when its answer's headers are there. */
import type { Arrival } from "./arrival.ts";
import type { Attempt } from "./forward/forward.ts";
import type { Pool } from "./pool.ts";
import type { Asked } from "./request/classify.ts";
import type { Denial } from "./request/denial.ts";

/**
 * `passed`: a node's answer, whatever its status. `gone`: a session whose node is no more. `denied`: the
 * guard refused it. `no_node`: none takes new sessions. `failed`: the node failed and no other may be tried.
 * `preflight`: answered here, for lack of a node. `redirected`, `plain_upgrade`: plain http. `own`: `/__edge/`.
 * `internal`: the edge itself failed.
 */
export type Ending =
	| "passed"
	| "gone"
	| "denied"
	| "no_route"
	| "no_node"
	| "failed"
	| "preflight"
	| "redirected"
	| "plain_upgrade"
	| "own"
	| "internal";

export interface Passage {
	readonly asked: Asked;
	readonly ending: Ending;
	readonly response: Response;
	readonly status: number;
	/** Null when none was found or asked for. */
	readonly pool: Pool | null;
	/** Each node that was tried, in turn; the last one made the answer of `passed`. */
	readonly attempts: readonly Attempt[];
	/** Epoch ms. Workers' clocks stand still between waits, so only waits show. */
	readonly startedAt: number;
	/** Why it was refused, when `ending` is `denied`. */
	readonly denial: Denial | null;
}

/** A passage of a pool. */
export function passageOf(
	{ asked, startedAt }: Arrival,
	ending: Ending,
	response: Response,
	pool: Pool | null,
	attempts: readonly Attempt[],
): Passage {
	return { asked, ending, response, status: response.status, pool, attempts, startedAt, denial: null };
}

/** A passage that came to no node. */
export function ended(arrival: Arrival, ending: Ending, response: Response, pool: Pool | null): Passage {
	return passageOf(arrival, ending, response, pool, []);
}

/** A passage that the guard ended. */
export function denied(arrival: Arrival, denial: Denial, pool: Pool): Passage {
	return { ...ended(arrival, "denied", denial.response, pool), denial };
}

/** Whether the request opens an Engine.IO session. */
export function isHandshake(asked: Asked): boolean {
	return asked.engine !== null && asked.sid === null && asked.method === "GET";
}

/** Lets go of an answer that is not passed on; that its node broke off meanwhile does not matter. */
export async function discard(response: Response | null): Promise<void> {
	await response?.body?.cancel().catch(() => {});
}
