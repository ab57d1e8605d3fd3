/** Reads a request's headers, the client's address and whether the connection is encrypted. */
import { type AddressRange, isInRanges } from "../config/addresses.ts";
import type { Config } from "../config/config.ts";

export interface ClientHeaders {
	/** Null = the header is missing. */
	readonly host: string | null;
	readonly origin: string | null;
	readonly upgrade: string | null;
	/** All Cookie lines as one. */
	readonly cookie: string | null;
	readonly contentLength: string | null;
	readonly websocketVersion: string | null;
	/** Headers that may be forwarded to a node, by lower-case name: no hop-by-hop headers, and no `CLAIMS`. */
	readonly forwardable: Record<string, string>;
}

/** Hop-by-hop headers (RFC 9110 section 7.6.1), Host, which is the node's own, and Expect, which the runtime has answered. */
const HOP_BY_HOP = [
	"connection",
	"keep-alive",
	"proxy-authenticate",
	"proxy-authorization",
	"proxy-connection",
	"te",
	"trailer",
	"transfer-encoding",
	"host",
	"expect",
];

/** Headers in which a proxy describes the client, the request or the path. A client can send them too, so none is forwarded. */
const CLAIMS = [
	"forwarded",
	"x-real-ip",
	"forwarded-for",
	"x-envoy-external-address",
	"x-appengine-user-ip",
	"x-rewrite-url",
	"x-scheme",
	"front-end-https",
	"cdn-loop",
	"x-request-id",
	// CGI reads it as HTTP_PROXY, which HTTP clients of an application obey (https://httpoxy.org).
	"proxy",
];
const CLAIM_PREFIXES = ["x-forwarded", "x-original-", "x-edge-", "cf-"];
/** As in X-Client-IP, True-Client-IP and WL-Proxy-Client-IP. */
const CLAIM_SUFFIX = "client-ip";

const DROPPED: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...CLAIMS]);

/** Headers that the edge reads or the runtime writes, which must not reach a node in a second spelling either. */
const PROTECTED_NAMES: ReadonlySet<string> = new Set([
	"content-length",
	"sec-websocket-version",
	"sec-websocket-key",
]);

/**
 * Reads the headers of one request in one pass: each look-up crosses from JavaScript into the runtime, and a
 * dozen of them per poll is measurable.
 */
export function readClientHeaders(headers: Headers): ClientHeaders {
	let host: string | null = null;
	let origin: string | null = null;
	let upgrade: string | null = null;
	let cookie: string | null = null;
	let contentLength: string | null = null;
	let websocketVersion: string | null = null;
	let connection: string | null = null;
	const forwardable: Record<string, string> = {};
	// Names arrive in lower case; the runtime has joined repeated headers as RFC 9110 section 5.3 says.
	headers.forEach((value, name) => {
		if (name === "host") host = value;
		else if (name === "connection") connection = value;
		if (isDropped(name) || (ODD_NAME.test(name) && isDroppedAsCgi(name))) return;
		if (name === "cookie") {
			cookie = oneCookieLine(value);
			forwardable[name] = cookie;
			return;
		}
		if (name === "origin") origin = value;
		else if (name === "upgrade") upgrade = value;
		else if (name === "content-length") contentLength = value;
		else if (name === "sec-websocket-version") websocketVersion = value;
		forwardable[name] = value;
	});
	if (connection !== null) dropConnectionHeaders(forwardable, connection);
	return { host, origin, upgrade, cookie, contentLength, websocketVersion, forwardable };
}

function isDropped(name: string): boolean {
	return DROPPED.has(name) || hasClaimPrefix(name) || name.endsWith(CLAIM_SUFFIX);
}

/** Names with anything else than letters, digits and dashes. */
const ODD_NAME = /[^a-z0-9-]/;

/**
 * Whether a name reads like a dropped one in the variables of CGI (RFC 3875 section 4.1.18) and WSGI, which have an
 * underscore for a dash, and on some servers for every other character: X_Forwarded_For, X.Edge.Auth.
 */
function isDroppedAsCgi(name: string): boolean {
	const read = name.replace(/[^a-z0-9-]/g, "-");
	return isDropped(read) || PROTECTED_NAMES.has(read);
}

/**
 * One Cookie line of several, which the runtime has joined with commas: Cookie is joined with semicolons (RFC 6265
 * section 5.4, RFC 9113 section 8.2.3). A comma before a new pair, outside of quotes, cannot be part of a
 * value (RFC 6265 section 4.1.1), so a single line stays as it is.
 */
export function oneCookieLine(value: string): string {
	if (!value.includes(", ")) return value;
	return value.replace(QUOTED_OR_JOINED, (found) => (found.startsWith(",") ? "; " : found));
}

const QUOTED_OR_JOINED = /"[^"]*"|, (?=[!#$%&'*+\-.^_`|~0-9A-Za-z]+=)/g;

/** Checks the first letter before the prefixes, since almost no header begins with x or c. */
function hasClaimPrefix(name: string): boolean {
	const first = name.charCodeAt(0);
	return (
		(first === LETTER_X || first === LETTER_C) && CLAIM_PREFIXES.some((prefix) => name.startsWith(prefix))
	);
}

const LETTER_X = "x".charCodeAt(0);
const LETTER_C = "c".charCodeAt(0);

/** Headers named by Connection are hop-by-hop too (RFC 9110 section 7.6.1). `upgrade` stays: the runtime needs it for a WebSocket. */
function dropConnectionHeaders(forwardable: Record<string, string>, connection: string): void {
	if (connection === "keep-alive" || connection === "Upgrade" || connection === "close") return;
	for (const item of connection.toLowerCase().split(",")) {
		const name = item.trim();
		if (name !== "upgrade") delete forwardable[name];
	}
}

/** The part of the configuration that decides which information about the client to trust. */
export interface Trust {
	readonly platform: Config["platform"];
	readonly settings: Pick<Config["settings"], "trusted_proxies">;
}

/**
 * The client's IP address, "" when unknown. Cloudflare sets CF-Connecting-IP itself. Plain workerd adds no
 * header, so any header there comes from the client; the peer of the socket is in `cf.clientIp`. Behind a
 * trusted proxy the client is the right-most address in X-Forwarded-For that is not a trusted proxy's own.
 */
export function clientAddress(trust: Trust, request: Request): string {
	if (trust.platform === "cloudflare") return request.headers.get("cf-connecting-ip") ?? "";
	const peer = peerAddress(request);
	const { trusted_proxies: trusted } = trust.settings;
	if (trusted.length === 0) return peer;
	return rightmostUntrusted(peer, request.headers.get("x-forwarded-for"), trusted);
}

/** Whether the client's connection is encrypted: a trusted proxy that terminates TLS reports it in X-Forwarded-Proto. */
export function isSecure(trust: Trust, request: Request): boolean {
	if (request.url.startsWith("https:")) return true;
	const { trusted_proxies: trusted } = trust.settings;
	if (trusted.length === 0 || trust.platform === "cloudflare") return false;
	const peer = peerAddress(request);
	const scheme = request.headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim();
	return scheme === "https" && isInRanges(peer, trusted);
}

/** Follows X-Forwarded-For from the right for as long as the proxy that wrote an entry is trusted. */
export function rightmostUntrusted(
	peer: string,
	forwardedFor: string | null,
	trusted: readonly AddressRange[],
): string {
	let address = peer;
	const entries = (forwardedFor ?? "").split(",").map((entry) => entry.trim());
	for (let i = entries.length - 1; i >= 0; i--) {
		if (!isInRanges(address, trusted)) return address;
		const entry = withoutPort(entries[i]!);
		if (!/^[0-9a-fA-F.:]+$/.test(entry)) return address;
		address = entry;
	}
	return address;
}

/** The peer of the socket on plain workerd; "" where the platform does not report it. */
function peerAddress(request: Request): string {
	return withoutPort((request as { cf?: { clientIp?: string } }).cf?.clientIp ?? "");
}

/** The address without its port, of "127.0.0.1:54372", "[::1]:54372" or a bare address. */
export function withoutPort(peer: string): string {
	if (peer.startsWith("[")) return peer.slice(1, peer.indexOf("]"));
	const colon = peer.indexOf(":");
	return colon >= 0 && colon === peer.lastIndexOf(":") ? peer.slice(0, colon) : peer;
}
