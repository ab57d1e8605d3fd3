/** How long a node may take until its answer's headers. */
import type { Pool } from "../pool.ts";
import type { Asked } from "../request/classify.ts";

/** Milliseconds for this request. A poll is held open by design, so its limit stands above the heartbeat's. */
export function limitOf(pool: Pool, asked: Asked): number {
	if (asked.upgrade) return pool.limits.handshake;
	if (asked.engine === null) return pool.limits.http;
	if (asked.sid === null) return pool.limits.handshake;
	return asked.method === "POST" ? pool.limits.post : pool.limits.poll;
}
