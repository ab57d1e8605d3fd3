/** One request as it arrived, parsed, with the state of its isolate: what every step of the pipeline works on. */
import type { Pool } from "../config/pool.ts";
import type { Env } from "../env.ts";
import type { NodeTable } from "../health/node-table.ts";
import type { Isolate } from "../isolate.ts";
import type { ParsedRequest } from "../request/url.ts";

export interface RequestContext {
	readonly request: Request;
	readonly parsed: ParsedRequest;
	readonly isolate: Isolate;
	readonly env: Env;
	readonly ctx: ExecutionContext;
	/** The client's IP address; "" = unknown. */
	readonly clientIp: string;
	/** Epoch ms. */
	readonly startedAt: number;
}

/** A request that its pool's policy admits. */
export interface PoolRequest extends RequestContext {
	readonly pool: Pool;
	readonly table: NodeTable;
	/** The id that the node gets; "" for a session's requests. */
	readonly requestId: string;
}
