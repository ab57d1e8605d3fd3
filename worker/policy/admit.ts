/** Routes a request to a pool, and decides whether an Engine.IO request may reach it. Client bundles below the Engine.IO path are exempt. */
import type { Route } from "../config/config.ts";
import type { Pool } from "../config/pool.ts";
import { hostName, type ParsedRequest } from "../request/url.ts";
import type { EngineDenialReason } from "./denial.ts";

/** A route with a host ranks above every route without one, however long its path. */
const HOST_RANK = 1_000_000;

/**
 * The pool of the most specific route for this host and path; null = none. An Engine.IO request goes only to pools
 * with its `socket_path`; among several, the one whose route matches the path wins.
 */
export function route(routes: readonly Route[], parsed: ParsedRequest): Pool | null {
	let best: Pool | null = null;
	let highest = -1;
	for (const { host, path, pool } of routes) {
		if (host !== "" && host !== parsed.host && host !== hostName(parsed.host)) continue;
		const onSocketPath =
			parsed.engine === null ? parsed.path.startsWith(pool.socketPath) : pool.socketPath === parsed.engine;
		if (parsed.engine !== null && !onSocketPath) continue;
		const onPath = parsed.path.startsWith(path);
		if (!onPath && !onSocketPath) continue;
		const length = Math.max(onPath ? path.length : 0, onSocketPath ? pool.socketPath.length : 0);
		const rank = (host === "" ? 0 : HOST_RANK) + length * 2 + (onPath ? 1 : 0);
		if (rank > highest) {
			highest = rank;
			best = pool;
		}
	}
	return best;
}

/**
 * Why an Engine.IO request is denied; null = it may pass. A preflight always passes: if it were denied, the
 * browser would not send the request, and the page would never see the reason.
 */
export function denialReason(
	parsed: ParsedRequest,
	pool: Pick<Pool, "allowEio3" | "origins" | "maxBody">,
): EngineDenialReason | null {
	const { method, eio, headers } = parsed;
	if (parsed.engine === null || method === "OPTIONS") return null;
	if (parsed.duplicate !== null) return "duplicate";
	if (method !== "GET" && (method !== "POST" || parsed.sid === null)) return "method";
	// Engine.IO reads every value except "4" as protocol 3, and a missing one too.
	if (eio !== "4" && !(pool.allowEio3 && (eio === "3" || eio === null))) return "eio";
	const transport = transportDenial(parsed);
	if (transport !== null) return transport;
	if (!isOriginAllowed(parsed, pool.origins)) return "origin";
	if (method !== "POST" || headers.contentLength === null) return null;
	return Number(headers.contentLength) > pool.maxBody ? "body" : null;
}

function transportDenial({ transport, upgrade, headers }: ParsedRequest): EngineDenialReason | null {
	if (transport !== "polling" && transport !== "websocket" && transport !== "flashsocket") return "transport";
	if (transport === "polling") return upgrade ? "unwanted_upgrade" : null;
	if (!upgrade) return "no_upgrade";
	return headers.websocketVersion === "13" ? null : "websocket_version";
}

/**
 * Whether a page with this Origin header (RFC 6454) may connect, by polling and by WebSocket: CORS protects
 * polling only. Requests without the header come from native clients or the same site, and may connect. So may
 * pages of the same host and port, and listed ones. To an edge over https, a page loaded over plain http is
 * another site, since anybody on the network could have changed it.
 */
export function isOriginAllowed(
	{ headers: { origin }, host, secure }: ParsedRequest,
	listed: readonly string[],
): boolean {
	if (origin === null || listed.includes("*") || listed.includes(origin)) return true;
	if (origin === `https://${host}`) return true;
	return !secure && origin === `http://${host}`;
}
