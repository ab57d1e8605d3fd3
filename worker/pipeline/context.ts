/** One request as it arrived, parsed, with the state of its isolate: what every step of the pipeline works on. */
import type { Env } from "../env.ts";
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
