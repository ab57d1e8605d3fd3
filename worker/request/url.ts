/** Parsing a request: method, URL and Engine.IO query, before anything is decided. */
import type { Traffic } from "../contract.ts";
import type { ClientHeaders } from "./headers.ts";

/** A request as the client sent it. */
export interface ParsedRequest {
	readonly method: string;
	readonly secure: boolean;
	/** Host with its port, as the client wrote it. */
	readonly host: string;
	readonly path: string;
	/** The query with its question mark, or "". */
	readonly search: string;
	/** Whether the client requests a WebSocket (RFC 6455 section 4.1). */
	readonly upgrade: boolean;
	readonly traffic: Traffic;
	/** The Engine.IO path of an Engine.IO request; null for all others, client bundles below that path included. */
	readonly engine: string | null;
	/** Fields of an Engine.IO request, null otherwise. An empty `sid` is a handshake and reads as null. */
	readonly transport: string | null;
	readonly sid: string | null;
	readonly eio: string | null;
	readonly duplicate: EngineQuery["duplicate"];
	readonly headers: ClientHeaders;
}

/** The Engine.IO fields of a query. */
export interface EngineQuery {
	readonly transport: string | null;
	readonly sid: string | null;
	readonly eio: string | null;
	/** A field that occurs more than once: nodes use the last value, other parsers the first, so neither is trusted. */
	readonly duplicate: "sid" | "transport" | "EIO" | null;
}

const NO_ENGINE_QUERY: EngineQuery = { transport: null, sid: null, eio: null, duplicate: null };

/**
 * Dot segments and backslashes, which `fetch` resolves on the way to the node (URL standard, section 4.4).
 * Such paths are resolved before parsing, so that policy checks the path that the node receives.
 */
const UNRESOLVED_PATH = /\\|\/(\.|%2e)/i;

/** The parts of a request that `parseRequest` reads. */
export interface RawRequest {
	readonly method: string;
	/** Absolute, as Request.url gives it. */
	readonly url: string;
	readonly secure: boolean;
	readonly headers: ClientHeaders;
}

/** Parses a request. `socketPaths` are sorted, the longest first. Never throws. */
export function parseRequest(raw: RawRequest, socketPaths: readonly string[]): ParsedRequest {
	const parsed = parseUrl(raw, raw.url, socketPaths);
	if (socketPaths.includes(parsed.path) || !UNRESOLVED_PATH.test(parsed.path)) return parsed;
	return parseUrl(raw, new URL(raw.url).href, socketPaths);
}

/** Whether the request opens an Engine.IO session. */
export function isHandshake(parsed: ParsedRequest): boolean {
	return parsed.engine !== null && parsed.sid === null && parsed.method === "GET";
}

/** The host without its port; the brackets of an IPv6 address stay. */
export function hostName(host: string): string {
	const colon = host.lastIndexOf(":");
	return colon > host.lastIndexOf("]") ? host.slice(0, colon) : host;
}

function parseUrl(
	{ method, secure, headers }: RawRequest,
	url: string,
	socketPaths: readonly string[],
): ParsedRequest {
	const hostAt = url.indexOf("://") + 3;
	const pathAt = url.indexOf("/", hostAt);
	const hashAt = url.indexOf("#", pathAt);
	const end = hashAt < 0 ? url.length : hashAt;
	const queryAt = url.indexOf("?", pathAt);
	const pathEnd = queryAt < 0 ? end : queryAt;
	const path = url.slice(pathAt, pathEnd);
	const upgrade = headers.upgrade !== null && headers.upgrade.toLowerCase() === "websocket";
	const socketPath = longestPrefix(path, socketPaths);
	const query =
		socketPath === null || queryAt < 0 ? NO_ENGINE_QUERY : parseEngineQuery(url.slice(queryAt + 1, end));
	const engine = query.eio !== null || query.transport !== null || query.sid !== null ? socketPath : null;
	return {
		method,
		secure,
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
		headers,
	};
}

function longestPrefix(path: string, prefixes: readonly string[]): string | null {
	for (const prefix of prefixes) if (path.startsWith(prefix)) return prefix;
	return null;
}

function trafficOf(engine: string | null, transport: string | null, upgrade: boolean): Traffic {
	if (engine === null) return "http";
	if (transport === "flashsocket") return "flashsocket";
	return transport === "websocket" || upgrade ? "websocket" : "polling";
}

/**
 * Reads `query` (without its question mark) as `URLSearchParams` would, in one pass: names and values are
 * percent-decoded, `+` is a space, and invalid escapes stay as they are. Never throws.
 */
function parseEngineQuery(query: string): EngineQuery {
	let transport: string | null = null;
	let sid: string | null = null;
	let eio: string | null = null;
	let duplicate: EngineQuery["duplicate"] = null;
	const encoded = query.includes("%") || query.includes("+");
	for (let start = 0; start < query.length; ) {
		let end = query.indexOf("&", start);
		if (end < 0) end = query.length;
		const pair = query.slice(start, end);
		start = end + 1;
		const equals = pair.indexOf("=");
		const split = equals < 0 ? pair.length : equals;
		const name = encoded ? decode(pair.slice(0, split)) : pair.slice(0, split);
		if (name !== "transport" && name !== "sid" && name !== "EIO") continue;
		const value = encoded ? decode(pair.slice(split + 1)) : pair.slice(split + 1);
		if (name === "transport") {
			if (transport !== null) duplicate = name;
			transport = value;
		} else if (name === "sid") {
			if (sid !== null) duplicate = name;
			sid = value;
		} else {
			if (eio !== null) duplicate = name;
			eio = value;
		}
	}
	return { transport, sid, eio, duplicate };
}

function decode(text: string): string {
	const spaced = text.replaceAll("+", " ");
	try {
		return decodeURIComponent(spaced);
	} catch {
		return spaced;
	}
}
