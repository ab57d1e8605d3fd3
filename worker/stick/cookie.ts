/** Stickiness by a cookie that holds the node's tag, for users of HAProxy's `cookie insert`. */
import type { Node, Pool } from "../config/pool.ts";
import { oneCookieLine } from "../request/headers.ts";

/** The cookie's name; each pool has its own, so that two pools on one host do not overwrite each other's. */
function cookieName(pool: Pool): string {
	return `edge_${pool.name}`;
}

/** The node that the client's cookie names; null without a cookie, or with a tag that no node has. */
export function nodeOfCookie(pool: Pool, header: string | null): Node | null {
	const value = readCookie(header, cookieName(pool));
	return value === null ? null : (pool.byTag.get(value) ?? null);
}

/** The value of one cookie in a Cookie header (RFC 6265 section 4.2.1), or in several joined ones; null when it is missing. */
export function readCookie(header: string | null, name: string): string | null {
	if (header === null) return null;
	for (const pair of oneCookieLine(header).split(";")) {
		const equals = pair.indexOf("=");
		if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
	}
	return null;
}

/**
 * The Set-Cookie value that ties a client to a node (RFC 6265 section 4.1; Partitioned: CHIPS). Pages of
 * another site need SameSite=None, which browsers accept only over TLS. `isSlashless`: the client leaves out the final slash of
 * the Engine.IO path, which a path with that slash would not match (section 5.1.4).
 */
export function stickyCookie(pool: Pool, node: Node, secure: boolean, isSlashless = false): string {
	const path = pool.httpCookie ? "/" : pool.socketPath.slice(0, isSlashless ? -1 : undefined);
	const site = pool.cookieCrossSite && secure ? "SameSite=None; Partitioned" : "SameSite=Lax";
	return `${cookieName(pool)}=${node.tag}; Path=${path}; HttpOnly; ${secure ? "Secure; " : ""}${site}`;
}
