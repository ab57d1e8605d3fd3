/** How one request passed through the edge: what counting and logging are told, once, when its answer's headers are there. */
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
	/** Null when none was found or asked for. */
	readonly pool: Pool | null;
	/** Each node that was tried, in turn; the last one made the answer of `passed`. */
	readonly attempts: readonly Attempt[];
	/** Epoch ms. Workers' clocks stand still between waits, so only waits show. */
	readonly startedAt: number;
	/** Why it was refused, when `ending` is `denied`. */
	readonly denial: Denial | null;
}

/** A passage that came to no node. */
export function ended(
	asked: Asked,
	ending: Ending,
	response: Response,
	pool: Pool | null,
	startedAt: number,
): Passage {
	return { asked, ending, response, pool, attempts: [], startedAt, denial: null };
}

/** A passage that the guard ended. */
export function denied(asked: Asked, denial: Denial, pool: Pool, startedAt: number): Passage {
	return { ...ended(asked, "denied", denial.response, pool, startedAt), denial };
}

/** Whether the request opens an Engine.IO session. */
export function isHandshake(asked: Asked): boolean {
	return asked.engine !== null && asked.sid === null && asked.method === "GET";
}
