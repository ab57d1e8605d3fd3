/** The headers a node receives: the client's, without what only a proxy may say, and what this proxy says itself. */
import { HEADERS } from "../contract.ts";

/** Hop-by-hop (RFC 9110 section 7.6.1). `upgrade` stays: the runtime pairs it with Connection for a WebSocket. */
const HOP_BY_HOP = new Set([
	"connection",
	"keep-alive",
	"proxy-authenticate",
	"proxy-authorization",
	"proxy-connection",
	"te",
	"trailer",
	"transfer-encoding",
	"host",
]);

/** Claims about the client or the path that a client can write as well as a proxy. */
const CLAIMS = new Set([
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
]);
const CLAIM_PREFIXES = ["x-forwarded-", "x-edge-", "cf-"];

export interface Forwarded {
	readonly clientIp: string;
	readonly host: string;
	readonly secure: boolean;
	/** Sent as `x-edge-auth`; "" = not. */
	readonly secret: string;
}

/** Rebuilds a request's headers for a node. Header names are lower case, as Headers gives them. */
export function nodeHeaders(client: Headers, forwarded: Forwarded): Headers {
	const named = client.get("connection");
	const dropped = named === null || isUsualConnection(named) ? null : named.toLowerCase().split(/\s*,\s*/);
	const headers = new Headers();
	for (const [name, value] of client) {
		if (HOP_BY_HOP.has(name) || isClaim(name)) continue;
		if (dropped !== null && name !== "upgrade" && dropped.includes(name)) continue;
		headers.append(name, value);
	}
	headers.set("x-forwarded-host", forwarded.host);
	headers.set("x-forwarded-proto", forwarded.secure ? "https" : "http");
	if (forwarded.clientIp !== "") {
		headers.set("x-forwarded-for", forwarded.clientIp);
		headers.set(HEADERS.clientIp, forwarded.clientIp);
	}
	if (forwarded.secret !== "") headers.set(HEADERS.auth, forwarded.secret);
	return headers;
}

/** Whether a header is a claim no client may make towards a node. */
export function isClaim(name: string): boolean {
	return CLAIMS.has(name) || CLAIM_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function isUsualConnection(value: string): boolean {
	return value === "keep-alive" || value === "Upgrade" || value === "close";
}
