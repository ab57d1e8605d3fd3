/** Parsing a request: method, URL and Engine.IO query, before anything is decided. */
import { type Host, parseHost } from "../config/hosts.ts";
import { decodePath, plainPath } from "../config/paths.ts";
import type { Traffic } from "../contract.ts";
import type { ClientHeaders } from "./headers.ts";
import { type EngineQuery, NO_ENGINE_QUERY, parseEngineQuery } from "./query.ts";

/** A request as the client sent it. */
export interface ParsedRequest {
	readonly method: string;
	readonly secure: boolean;
	/** Host with its port, as the client wrote it. */
	readonly host: string;
	/** The same for comparing; null when the Host header is not one host (RFC 9112 section 3.2). */
	readonly hostParts: Host | null;
	/** As the client wrote it and the node gets it. */
	readonly path: string;
	/** The path as nodes read it: percent-decoded once. */
	readonly decodedPath: string;
	/** The query with its question mark, or "". */
	readonly search: string;
	/** Whether the client requests a WebSocket (RFC 6455 section 4.1). */
	readonly upgrade: boolean;
	readonly traffic: Traffic;
	/** The Engine.IO path of an Engine.IO request; null for all others, client bundles below that path included. */
	readonly enginePath: string | null;
	/** Whether the path is written exactly like the Engine.IO path; some nodes answer other spellings too, and others do not. */
	readonly isExactPath: boolean;
	/** Fields of an Engine.IO request, null otherwise. An empty `sid` is a handshake and reads as null. */
	readonly transport: string | null;
	readonly sid: string | null;
	readonly eio: string | null;
	/** The field `j`, which asks for JSONP. */
	readonly jsonp: string | null;
	readonly ambiguous: EngineQuery["ambiguous"];
	readonly headers: ClientHeaders;
}

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
	const { method, secure, headers, url } = raw;
	const hostAt = url.indexOf("://") + 3;
	const slashAt = url.indexOf("/", hostAt);
	const targetAt = slashAt < 0 ? url.length : slashAt;
	// workerd puts the Host header into the URL as it is, and Cloudflare a normalised one.
	const host = headers.host ?? url.slice(hostAt, targetAt);
	const { path, search } = targetOf(url.slice(targetAt));
	const decodedPath = decodePath(path);
	const socketPath = socketPathOf(path, decodedPath, socketPaths);
	const query = socketPath === null ? NO_ENGINE_QUERY : parseEngineQuery(search);
	const enginePath = query.EIO !== null || query.transport !== null || query.sid !== null ? socketPath : null;
	const upgrade = headers.upgrade !== null && headers.upgrade.toLowerCase() === "websocket";
	return {
		method,
		secure,
		host,
		hostParts: parseHost(host),
		path,
		decodedPath,
		search,
		upgrade,
		traffic: trafficOf(enginePath, query.transport, upgrade),
		enginePath,
		isExactPath: enginePath !== null && path === enginePath,
		transport: query.transport,
		sid: query.sid === "" ? null : query.sid,
		eio: query.EIO,
		jsonp: query.j,
		ambiguous: query.ambiguous,
		headers,
	};
}

/** Whether the request opens an Engine.IO session. */
export function isHandshake(parsed: ParsedRequest): boolean {
	return parsed.enginePath !== null && parsed.sid === null && parsed.method === "GET";
}

/** The host as it is written, without its port; the brackets of an IPv6 address stay. */
export function hostName(host: string): string {
	const colon = host.lastIndexOf(":");
	return colon > host.lastIndexOf("]") ? host.slice(0, colon) : host;
}

/** Path and query of a request's target, without a fragment. */
function targetOf(target: string): { readonly path: string; readonly search: string } {
	const hashAt = target.indexOf("#");
	const end = hashAt < 0 ? target.length : hashAt;
	const queryAt = target.indexOf("?");
	const pathEnd = queryAt < 0 || queryAt > end ? end : queryAt;
	const path = target.slice(0, pathEnd);
	const search = target.slice(pathEnd, end);
	if (UNRESOLVED_PATH.test(path)) return { path: new URL(`http://host${path}`).pathname, search };
	// OPTIONS * asks about the server as a whole (RFC 9110 section 9.3.7); fetch can send it as a path only.
	return { path: path.startsWith("/") ? path : "/", search };
}

/**
 * The Engine.IO path that a node could read in a path: as written or decoded, or in any spelling that some server reads
 * as the same, such as without its trailing slash, or with two slashes.
 */
function socketPathOf(path: string, decodedPath: string, socketPaths: readonly string[]): string | null {
	for (const each of socketPaths) if (decodedPath.startsWith(each) || path.startsWith(each)) return each;
	const plain = `${plainPath(decodedPath)}/`;
	return socketPaths.find((each) => plain.startsWith(each.toLowerCase())) ?? null;
}

function trafficOf(enginePath: string | null, transport: string | null, upgrade: boolean): Traffic {
	if (enginePath === null) return "http";
	if (transport === "flashsocket") return "flashsocket";
	return transport === "websocket" || upgrade ? "websocket" : "polling";
}
