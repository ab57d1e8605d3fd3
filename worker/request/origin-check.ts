/** Which web pages may speak to a pool: for polling and WebSocket alike, since CORS guards polling only. */
import type { Asked } from "./classify.ts";

/**
 * Whether a request with this Origin header (RFC 6454) may pass. Null is a native client or a page of the
 * same site. A page of the same host and port may; of another, when it is listed. A page loaded over plain
 * http may not speak to an https edge as if it were the same: whoever can change that page would.
 */
export function originAllowed(origin: string | null, asked: Asked, listed: readonly string[]): boolean {
	if (origin === null || listed.includes("*") || listed.includes(origin)) return true;
	if (origin === `https://${asked.host}`) return true;
	return !asked.secure && origin === `http://${asked.host}`;
}
