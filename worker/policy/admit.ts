/** Routes a request to a pool, and decides whether it may reach it. */
import { isInRanges } from "../config/addresses.ts";
import type { Route } from "../config/config.ts";
import { defaultPort, type Host } from "../config/hosts.ts";
import { plainPath } from "../config/paths.ts";
import type { Pool } from "../config/pool.ts";
import type { ParsedRequest } from "../request/url.ts";
import { type Denial, deny, denyAddress, denyPrivate, type EngineDenialReason } from "./denial.ts";
import { isOriginAllowed } from "./origin.ts";

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
		if (host !== null && !isOnHost(parsed, host)) continue;
		const onSocketPath =
			parsed.enginePath === null
				? parsed.decodedPath.startsWith(pool.socketPath)
				: pool.socketPath === parsed.enginePath;
		if (parsed.enginePath !== null && !onSocketPath) continue;
		const onPath = parsed.decodedPath.startsWith(path);
		if (!onPath && !onSocketPath) continue;
		const length = Math.max(onPath ? path.length : 0, onSocketPath ? pool.socketPath.length : 0);
		const rank = (host === null ? 0 : HOST_RANK) + length * 2 + (onPath ? 1 : 0);
		if (rank > highest) {
			highest = rank;
			best = pool;
		}
	}
	return best;
}

/** Whether a request was sent to a route's host; a route without a port is for every port. */
function isOnHost({ hostParts, secure }: ParsedRequest, { name, port }: Host): boolean {
	if (hostParts === null || hostParts.name !== name) return false;
	return port === null || port === (hostParts.port ?? defaultPort(secure ? "https" : "http"));
}

/** The denial of a request that must not reach its pool, bodies and rates aside; null = it may. */
export function admitToPool(parsed: ParsedRequest, pool: Pool, clientIp: string): Denial | null {
	if (!isAddressAllowed(clientIp, pool)) return denyAddress(parsed, pool);
	if (isPrivate(parsed, pool)) return denyPrivate(parsed);
	const reason = denialReason(parsed, pool);
	return reason === null ? null : deny(reason, parsed, pool);
}

/** Whether a pool's rules let in a client with this address; "" = unknown, which only rules without `allow` let in. */
export function isAddressAllowed(clientIp: string, { allow, deny }: Pick<Pool, "allow" | "deny">): boolean {
	if (deny.length > 0 && isInRanges(clientIp, deny)) return false;
	return allow.length === 0 || isInRanges(clientIp, allow);
}

/** Whether the path is one of the pool's private paths, in any spelling that a node may read as the same. The Engine.IO path itself never is. */
export function isPrivate(
	{ isExactPath, decodedPath }: ParsedRequest,
	{ privatePaths }: Pick<Pool, "privatePaths">,
): boolean {
	return !isExactPath && privatePaths.size > 0 && privatePaths.has(plainPath(decodedPath));
}

/**
 * Why an Engine.IO request is denied; null = it may pass, as do client bundles below the Engine.IO path. A
 * preflight always passes: if it were denied, the browser would not send the request, and the page would never see
 * the reason. OPTIONS with an Upgrade header is not a preflight: the runtime would send the node a GET.
 */
export function denialReason(
	parsed: ParsedRequest,
	pool: Pick<Pool, "allowEio3" | "allowJsonp" | "origins" | "maxBody">,
): EngineDenialReason | null {
	const { method, eio, headers, upgrade } = parsed;
	if (parsed.enginePath === null || (method === "OPTIONS" && !upgrade)) return null;
	if (parsed.ambiguous !== null) return "duplicate";
	if (method !== "GET" && (method !== "POST" || parsed.sid === null || upgrade)) return "method";
	// Engine.IO reads every value except "4" as protocol 3, and a missing one too.
	if (eio !== "4" && !(pool.allowEio3 && (eio === "3" || eio === null))) return "eio";
	const transport = transportDenial(parsed);
	if (transport !== null) return transport;
	if (!isOriginAllowed(parsed, pool.origins)) return "origin";
	if (parsed.jsonp !== null && !upgrade && !pool.allowJsonp) return "jsonp";
	if (method !== "POST" || headers.contentLength === null) return null;
	return Number(headers.contentLength) > pool.maxBody ? "body" : null;
}

function transportDenial({ transport, upgrade, headers }: ParsedRequest): EngineDenialReason | null {
	if (transport !== "polling" && transport !== "websocket" && transport !== "flashsocket") return "transport";
	if (transport === "polling") return upgrade ? "unwanted_upgrade" : null;
	if (!upgrade) return "no_upgrade";
	return headers.websocketVersion === "13" ? null : "websocket_version";
}
