/** What a request is: read once from its method, URL and Upgrade header, before anything is decided. */
import type { Traffic } from "../contract.ts";
import { type EngineQuery, readEngineQuery } from "./query.ts";

export interface Asked {
	readonly method: string;
	readonly secure: boolean;
	/** Host with its port, as the client wrote it. */
	readonly host: string;
	readonly path: string;
	/** With its question mark, or "". */
	readonly search: string;
	/** Whether a WebSocket is asked for (RFC 6455 section 4.1). */
	readonly upgrade: boolean;
	readonly traffic: Traffic;
	/** The Engine.IO path the request speaks Engine.IO on; null for all other requests, static client bundles below it included. */
	readonly engine: string | null;
	/** Fields of an Engine.IO request; all null otherwise. An empty `sid` is a handshake and reads as null. */
	readonly transport: string | null;
	readonly sid: string | null;
	readonly eio: string | null;
	readonly duplicate: EngineQuery["duplicate"];
}

const NOT_ENGINE: EngineQuery = { transport: null, sid: null, eio: null, duplicate: null };

/** Reads a request. `url` is absolute, as Request.url gives it; `socketPaths` are the longest first. */
export function classify(
	method: string,
	url: string,
	upgradeHeader: string | null,
	socketPaths: readonly string[],
): Asked {
	const asked = read(method, url, upgradeHeader, socketPaths);
	if (socketPaths.includes(asked.path) || !UNUSUAL_PATH.test(asked.path)) return asked;
	return read(method, new URL(url).href, upgradeHeader, socketPaths);
}

/**
 * Dot segments and backslashes, which fetch would resolve on the way to the node (URL standard, section 4.4):
 * what is judged here must be what arrives there.
 */
const UNUSUAL_PATH = /\\|\/(\.|%2e)/i;

function read(
	method: string,
	url: string,
	upgradeHeader: string | null,
	socketPaths: readonly string[],
): Asked {
	const hostAt = url.indexOf("://") + 3;
	const pathAt = url.indexOf("/", hostAt);
	const hashAt = url.indexOf("#", pathAt);
	const end = hashAt < 0 ? url.length : hashAt;
	const queryAt = url.indexOf("?", pathAt);
	const pathEnd = queryAt < 0 ? end : queryAt;
	const path = url.slice(pathAt, pathEnd);
	const upgrade = upgradeHeader !== null && upgradeHeader.toLowerCase() === "websocket";
	const below = longestAbove(path, socketPaths);
	const query = below === null || queryAt < 0 ? NOT_ENGINE : readEngineQuery(url.slice(queryAt + 1, end));
	const engine = query.eio !== null || query.transport !== null || query.sid !== null ? below : null;
	return {
		method,
		secure: url.startsWith("https:"),
		host: url.slice(hostAt, pathAt),
		path,
		search: url.slice(pathEnd, end),
		upgrade,
		traffic: trafficOf(engine, query.transport, upgrade),
		engine,
		transport: query.transport,
		sid: query.sid === "" ? null : query.sid,
		eio: query.eio,
		duplicate: query.duplicate,
	};
}

function longestAbove(path: string, socketPaths: readonly string[]): string | null {
	for (const prefix of socketPaths) if (path.startsWith(prefix)) return prefix;
	return null;
}

function trafficOf(engine: string | null, transport: string | null, upgrade: boolean): Traffic {
	if (engine === null) return "http";
	if (transport === "flashsocket") return "flashsocket";
	return transport === "websocket" || upgrade ? "websocket" : "polling";
}

/** The host without its port; brackets of an IPv6 address stay. */
export function hostName(host: string): string {
	const colon = host.lastIndexOf(":");
	return colon > host.lastIndexOf("]") ? host.slice(0, colon) : host;
}
