/** Stickiness by a cookie that holds the node's tag, for users of HAProxy's `cookie insert`. */
import type { Node, Pool } from "../config/pool.ts";
import { oneCookieLine } from "../request/headers.ts";

/** The cookie's name; each pool has its own, so that two pools on one host do not overwrite each other's. */
export function cookieName(pool: Pool): string {
	return `edge_${pool.name}`;
}

/** The node that the client's cookie names; null without a cookie, or with a tag that no node has. */
export function nodeOfCookie(pool: Pool, header: string | null): Node | null {
	const value = readCookie(header, cookieName(pool));
	return value === null ? null : (pool.byTag.get(value) ?? null);
}

/**
 * The value of one cookie in a Cookie header (RFC 6265 section 4.2.1), or in several joined ones; null when it is missing.
 * Of several with the name the last one counts, which has the shortest path (section 5.4).
 */
export function readCookie(header: string | null, name: string): string | null {
	if (header === null) return null;
	let value: string | null = null;
	for (const pair of oneCookieLine(header).split(";")) {
		const equals = pair.indexOf("=");
		if (equals > 0 && pair.slice(0, equals).trim() === name) value = pair.slice(equals + 1).trim();
	}
	return value;
}

/**
 * The Set-Cookie value that ties a client to a node (RFC 6265 section 4.1; Partitioned: CHIPS). Pages of
 * another site need SameSite=None, which browsers accept only over TLS.
 */
export function stickyCookie(pool: Pool, node: Node, secure: boolean): string {
	// Without its final slash the path also matches clients that leave that out (section 5.1.4).
	const path = (pool.httpCookie ? "" : pool.socketPath.replace(/\/$/, "")) || "/";
	const site = pool.cookieCrossSite && secure ? "SameSite=None; Partitioned" : "SameSite=Lax";
	return `${cookieName(pool)}=${node.tag}; Path=${path}; HttpOnly; ${secure ? "Secure; " : ""}${site}`;
}
