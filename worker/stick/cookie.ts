/** Stickiness by a cookie that holds the node's tag, for those who come from HAProxy's `cookie insert`. */
import type { Node, Pool } from "../pool.ts";

/** The cookie's name: one for each pool, so that two pools on one host do not overwrite each other's. */
export function cookieName(pool: Pool): string {
	return `edge_${pool.name}`;
}

/** The node the client's cookie names; null = no cookie, or a tag that is no node's. */
export function nodeOfCookie(pool: Pool, header: string | null): Node | null {
	const value = readCookie(header, cookieName(pool));
	return value === null ? null : (pool.byTag.get(value) ?? null);
}

/** The value of one cookie of a Cookie header (RFC 6265 section 4.2.1); null when it is not there. */
export function readCookie(header: string | null, name: string): string | null {
	if (header === null) return null;
	for (const pair of header.split(";")) {
		const equals = pair.indexOf("=");
		if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
	}
	return null;
}

/**
 * The Set-Cookie value that pins a client (RFC 6265 section 4.1; Partitioned: CHIPS). A page of another
 * site needs SameSite=None, which browsers take over TLS only.
 */
export function pin(pool: Pool, node: Node, secure: boolean): string {
	const site = pool.cookieCrossSite && secure ? "SameSite=None; Partitioned" : "SameSite=Lax";
	return `${cookieName(pool)}=${node.tag}; Path=${pool.socketPath}; HttpOnly; ${secure ? "Secure; " : ""}${site}`;
}
