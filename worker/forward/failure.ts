/** What a node's answer, or the lack of one, means for fail-over. */
import { HEADERS } from "../contract.ts";
import type { Outcome } from "../health/breaker.ts";
import type { Asked } from "../request/classify.ts";

/** Cloudflare's own answers for an origin it cannot reach (520 to 527, 530). */
function isCloudflareFailure(status: number): boolean {
	return (status >= 520 && status <= 527) || status === 530;
}

/** Cloudflare's word for an origin that was reached and then silent. */
const ORIGIN_TOOK_TOO_LONG = 524;

/** Judges an answer. A node's own marker header tells its 52x from Cloudflare's. */
export function judge(response: Response, platform: "cloudflare" | "workerd"): Outcome {
	if (response.status === 503 && response.headers.has(HEADERS.refuse)) return "refused";
	if (platform === "workerd" || !isCloudflareFailure(response.status) || response.headers.has(HEADERS.node))
		return "ok";
	return response.status === ORIGIN_TOOK_TOO_LONG ? "timeout" : "unreachable";
}

/**
 * Whether another node may be tried: only where nothing was done yet that a second try would do twice.
 * Handshakes, and GET or HEAD outside Engine.IO; never anything with a sid, never a time-out of plain http.
 */
export function mayRetry(asked: Asked, outcome: Outcome): boolean {
	if (outcome === "ok" || asked.sid !== null) return false;
	if (asked.engine !== null) return asked.method === "GET" || asked.method === "OPTIONS";
	if (asked.method !== "GET" && asked.method !== "HEAD") return false;
	return outcome !== "timeout" || asked.upgrade;
}
