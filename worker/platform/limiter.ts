/** The handshake rate limit: Cloudflare's own limiter where one is bound, else the isolate's count. */
import { edgeError } from "../answers.ts";
import type { Edge } from "../edge.ts";
import type { Env } from "../env.ts";
import type { Pool } from "../pool.ts";
import type { Denial } from "../request/denial.ts";
import { admits, clientKey } from "../request/handshake-rate.ts";

/** Whether a handshake may go on: the pool's `handshake_rate` is 0 = no limit. A client of unknown address always may. */
export async function admitsHandshake(
	edge: Edge,
	env: Env,
	pool: Pool,
	clientIp: string,
	now: number,
): Promise<boolean> {
	if (clientIp === "") return true;
	const client = `${pool.name} ${clientKey(clientIp)}`;
	if (pool.handshakeRate > 0 && !admits(edge.handshakes, client, pool.handshakeRate, now)) return false;
	if (env.HANDSHAKE_LIMITER === undefined) return true;
	try {
		return (await env.HANDSHAKE_LIMITER.limit({ key: client })).success;
	} catch {
		// A limiter that is away must not turn clients away.
		return true;
	}
}

/** 503, the one status that makes Engine.IO clients back off (a 429 with Retry-After they do not read). */
export function tooManyHandshakes(origin: string | null): Denial {
	return { reason: "rate", code: null, response: edgeError("EDGE_HANDSHAKE_RATE", origin) };
}
