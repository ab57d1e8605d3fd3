/** Reads a request's headers, the client's address and whether the connection is encrypted. */
import { isWithin } from "../config/addresses.ts";
import type { Config } from "../config/config.ts";

export interface ClientHeaders {
	/** Null = the header is missing. */
	readonly origin: string | null;
	readonly upgrade: string | null;
	readonly cookie: string | null;
	readonly contentLength: string | null;
	readonly websocketVersion: string | null;
	/** Headers that may be forwarded to a node, by lower-case name: no hop-by-hop headers, and no `CLAIMS`. */
	readonly forwardable: Record<string, string>;
}

/** Hop-by-hop headers (RFC 9110 section 7.6.1), and Host, which is the node's own. */
const HOP_BY_HOP = [
	"keep-alive",
	"proxy-authenticate",
	"proxy-authorization",
	"proxy-connection",
	"te",
	"trailer",
	"transfer-encoding",
	"host",
];

/** Headers in which a proxy describes the client or the path. A client can send them too, so none is forwarded. */
const CLAIMS = [
	"forwarded",
	"x-real-ip",
	"x-client-ip",
	"x-cluster-client-ip",
	"true-client-ip",
	"fastly-client-ip",
	"x-original-url",
	"x-rewrite-url",
	"x-original-host",
	"cdn-loop",
];
const CLAIM_PREFIXES = ["x-forwarded-", "x-edge-", "cf-"];

const DROPPED: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...CLAIMS]);

/**
 * Reads the headers of one request in one pass: each look-up crosses from JavaScript into the runtime, and a
 * dozen of them per poll is measurable.
 */
export function readClientHeaders(headers: Headers): ClientHeaders {
	let origin: string | null = null;
	let upgrade: string | null = null;
	let cookie: string | null = null;
	let contentLength: string | null = null;
	let websocketVersion: string | null = null;
	let connection: string | null = null;
	const forwardable: Record<string, string> = {};
	// Names arrive in lower case; the runtime has joined repeated headers as RFC 9110 section 5.3 says.
	headers.forEach((value, name) => {
		if (name === "connection") {
			connection = value;
			return;
		}
		if (DROPPED.has(name) || hasClaimPrefix(name)) return;
		if (name === "origin") origin = value;
		else if (name === "cookie") cookie = value;
		else if (name === "upgrade") upgrade = value;
		else if (name === "content-length") contentLength = value;
		else if (name === "sec-websocket-version") websocketVersion = value;
		forwardable[name] = value;
	});
	if (connection !== null) dropConnectionHeaders(forwardable, connection);
	return { origin, upgrade, cookie, contentLength, websocketVersion, forwardable };
}

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
	for (const name of connection.toLowerCase().split(/\s*,\s*/))
		if (name !== "upgrade") delete forwardable[name];
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
	return scheme === "https" && trusted.some((range) => isWithin(peer, range));
}

/** Follows X-Forwarded-For from the right for as long as the proxy that wrote an entry is trusted. */
export function rightmostUntrusted(
	peer: string,
	forwardedFor: string | null,
	trusted: readonly string[],
): string {
	let address = peer;
	const entries = (forwardedFor ?? "").split(",").map((entry) => entry.trim());
	for (let i = entries.length - 1; i >= 0; i--) {
		if (!trusted.some((range) => isWithin(address, range))) return address;
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
