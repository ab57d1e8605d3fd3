/**
 * What a client's request carries: its headers, read in one pass. Each look-up crosses from JavaScript into
 * the runtime, and a poll is too small a thing to pay for a dozen of them.
 */

export interface Carried {
	/** Null = not there. */
	readonly origin: string | null;
	readonly upgrade: string | null;
	readonly cookie: string | null;
	readonly contentLength: string | null;
	readonly websocketVersion: string | null;
	/** What may go on to a node, by lower-case name: nothing that belongs to one hop, no claims. */
	readonly forwardable: Record<string, string>;
}

/** Hop-by-hop (RFC 9110 section 7.6.1), and Host, which is the node's own. */
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

/** Claims about the client or the path that a client can write as well as a proxy. */
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

/** Reads them. */
export function carriedBy(headers: Headers): Carried {
	let origin: string | null = null;
	let upgrade: string | null = null;
	let cookie: string | null = null;
	let contentLength: string | null = null;
	let websocketVersion: string | null = null;
	let connection: string | null = null;
	const forwardable: Record<string, string> = {};
	// Names are lower case here, and a header that came twice is one, joined as RFC 9110 section 5.3 says.
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
	if (connection !== null) dropNamed(forwardable, connection);
	return { origin, upgrade, cookie, contentLength, websocketVersion, forwardable };
}

/** Whether it is a claim by its prefix. First by its letter: nearly no header begins with one of theirs. */
function hasClaimPrefix(name: string): boolean {
	const first = name.charCodeAt(0);
	return (
		(first === LETTER_X || first === LETTER_C) && CLAIM_PREFIXES.some((prefix) => name.startsWith(prefix))
	);
}

const LETTER_X = "x".charCodeAt(0);
const LETTER_C = "c".charCodeAt(0);

/** What Connection names belongs to one hop; but `upgrade` stays, which the runtime pairs with it for a WebSocket. */
function dropNamed(forwardable: Record<string, string>, connection: string): void {
	if (connection === "keep-alive" || connection === "Upgrade" || connection === "close") return;
	for (const name of connection.toLowerCase().split(/\s*,\s*/))
		if (name !== "upgrade") delete forwardable[name];
}
