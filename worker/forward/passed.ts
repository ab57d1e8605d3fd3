/** A request as every node it is tried on shall see it. */
import type { Arrival } from "../arrival.ts";
import type { Pool } from "../pool.ts";
import { removeTag } from "../stick/rewrite.ts";
import { nodeHeaders } from "./headers.ts";
import { limitOf } from "./limits.ts";

export interface Passed {
	readonly method: string;
	/** Path and query. */
	readonly target: string;
	readonly headers: Record<string, string>;
	readonly body: ReadableStream | ArrayBuffer | null;
	/** Milliseconds until headers. */
	readonly limit: number;
}

/** `body` is known not to be too long. */
export function passedOn(
	{ asked, carried, edge }: Arrival,
	pool: Pool,
	body: ReadableStream | ArrayBuffer | null,
	clientIp: string,
): Passed {
	const search = pool.stickiness === "rewrite" && asked.sid !== null ? removeTag(asked.search) : asked.search;
	return {
		method: asked.method,
		target: asked.path + search,
		headers: nodeHeaders(carried.forwardable, asked, clientIp, edge.config.nodeSecret),
		body,
		limit: limitOf(pool, asked),
	};
}
