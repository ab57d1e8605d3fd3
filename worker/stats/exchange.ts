/** The finished request, once its answer's headers are known: the input of statistics and log. */
import type { Pool } from "../config/pool.ts";
import type { Denial } from "../policy/denial.ts";
import type { ParsedRequest } from "../request/url.ts";
import type { Attempt } from "../upstream/send.ts";

/**
 * How a request ended. `passed`: with a node's answer, whatever its status. `gone`: its session's node no longer
 * exists. `denied`: refused by policy. `no_node`: no node took the request. `failed`: the node failed and no
 * other may be tried. `preflight`: answered by the edge because no node could. `redirected`, `plain_upgrade`:
 * over plain http. `own`: a path under `/__edge/`. `internal`: the edge itself failed. The log's field `ending`
 * has these values.
 */
export type Outcome =
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

export interface Exchange {
	readonly parsed: ParsedRequest;
	/** "" = unknown. */
	readonly clientIp: string;
	readonly outcome: Outcome;
	readonly response: Response;
	readonly status: number;
	/** Null when the request was not routed to a pool. */
	readonly pool: Pool | null;
	/** The attempts in order. With `passed`, the last one gave the answer. */
	readonly attempts: readonly Attempt[];
	/** Epoch ms. A Worker's clock advances only during I/O. */
	readonly startedAt: number;
	/** Why the request was refused, when `outcome` is `denied`. */
	readonly denial: Denial | null;
	/** The request's id, where a node or the client got it; else null. */
	readonly id: string | null;
}
