/**
 * The contract between the edge and its nodes. It imports nothing, and is short enough to be implemented
 * again in Python or Java. The Worker, the origin module and the tests all use it.
 */

/** The Engine.IO path unless a pool sets `socket_path`; it begins and ends with a slash. */
export const DEFAULT_SOCKET_PATH = "/socket.io/";

/** Where a node reports its health, as JSON of the shape `NodeHealth`. */
export const DEFAULT_HEALTH_PATH = "/healthz";

/** Time between two probes of a node, unless its pool says otherwise. */
export const PROBE_INTERVAL_MS = 5000;
/** How long an isolate uses the monitor's verdict. A draining node waits this long before it closes sessions. */
export const VERDICT_LIFETIME_MS = 3000;

/** Characters of a tag, and of a whole Engine.IO session id that begins with one. */
export const TAG_LENGTH = 3;
export const SID_LENGTH = 20;

/** base64url (RFC 4648 section 5), the alphabet of Engine.IO session ids. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Header names, in lower case as HTTP libraries give them. */
export const HEADERS = {
	/** edge → node: the shared secret that proves the request came through the edge. */
	auth: "x-edge-auth",
	/** node → edge: the node's id, on every answer of the node itself but those to a session's polls and POSTs. A 502 from a proxy in between lacks it. */
	node: "x-edge-node",
	/** node → edge, with status 503 on a handshake: why the node takes no new session (one of `REFUSALS`). */
	refuse: "x-edge-refuse",
	/** edge → node, but not on a session's polls and POSTs: the client's address. Trust it only beside a valid `auth`. */
	clientIp: "x-edge-client-ip",
	/** edge → node, on handshakes and requests outside Engine.IO: the request's id in the edge's log. */
	requestId: "x-request-id",
} as const;

/** Values of the `refuse` header. */
export const REFUSALS = ["draining", "full"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** The states a node reports about itself. */
export const HEALTH_STATES = ["ready", ...REFUSALS] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** The states of a node as the edge sees it, in HAProxy's terms. */
export const NODE_STATES = ["UP", "DOWN", "DRAIN", "MAINT"] as const;
export type NodeState = (typeof NODE_STATES)[number];

/** The four kinds of traffic; each is a backend with statistics of its own. */
export const TRAFFICS = ["http", "polling", "websocket", "flashsocket"] as const;
export type Traffic = (typeof TRAFFICS)[number];

/** A node's id: 1 to 64 ASCII letters, digits, dots, dashes and underscores, so that one character is one byte. */
export const NODE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A tag, computed or configured. */
export const TAG = /^[A-Za-z0-9_-]{3}$/;

/** FNV-1a, 32 bit (draft-eastlake-fnv), over the UTF-16 code units of `text`; `hash` continues an earlier one. */
export function fnv1a(text: string, hash = 0x811c9dc5): number {
	let value = hash;
	for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
	return value >>> 0;
}

/**
 * The tag of a node: FNV-1a (32 bit) over the id's ASCII bytes, folded to 18 bits by xor, written as
 * three base64url characters, most significant first.
 */
export function tagOf(nodeId: string): string {
	const hash = fnv1a(nodeId);
	const folded = ((hash >>> 18) ^ hash) & 0x3ffff;
	return ALPHABET.charAt(folded >>> 12) + ALPHABET.charAt((folded >>> 6) & 63) + ALPHABET.charAt(folded & 63);
}

/** Test vectors for nodes in other languages: their tag function must give exactly these. */
export const TAG_VECTORS: readonly (readonly [nodeId: string, tag: string])[] = [
	["n1", "d0N"],
	["n2", "eF0"],
	["n3", "d6r"],
	["node-1", "Cay"],
	["node-2", "CBn"],
	["a", "BAv"],
	["chat.eu-west-1_a", "vzT"],
	["0123456789012345678901234567890123456789012345678901234567890123", "cAL"],
];

/**
 * A node's answer to `GET /healthz`: status 200 while it takes sessions, 503 while it does not, with the
 * same body. Fields may be added; readers ignore those they do not know.
 */
export interface NodeHealth {
	readonly schema: 1;
	/** The node's id. */
	readonly node: string;
	/** The tag at the start of every session id this process generates. */
	readonly tag: string;
	/** Drawn at each process start. Boot ids that alternate at one address mean several processes behind it. */
	readonly boot: string;
	readonly state: HealthState;
	/** Live Engine.IO sessions, all transports. */
	readonly sessions: number;
	/** The most sessions the node takes; 0 = no limit. */
	readonly limit: number;
	/** Live sessions by the transport they use now. */
	readonly transports: Readonly<Record<"polling" | "websocket" | "flashsocket", number>>;
	/** Sessions opened since start. */
	readonly opened: number;
	/** Sessions closed since start, by Engine.IO's reason. */
	readonly closed: Readonly<Record<string, number>>;
}

/** Reads a `/healthz` body. Returns the health, or a sentence that names the wrong field. */
export function readHealth(body: unknown): NodeHealth | string {
	if (typeof body !== "object" || body === null) return "the body is not a JSON object";
	const health = body as Record<string, unknown>;
	if (health["schema"] !== 1) return `schema is ${JSON.stringify(health["schema"])}, this edge reads 1`;
	for (const field of ["node", "tag", "boot"])
		if (typeof health[field] !== "string") return `${field} is not a string`;
	if (!HEALTH_STATES.includes(health["state"] as HealthState))
		return `state is ${JSON.stringify(health["state"])}, not one of ${HEALTH_STATES.join(", ")}`;
	for (const field of ["sessions", "limit", "opened"])
		if (!isCount(health[field])) return `${field} is not a whole number of 0 or more`;
	for (const field of ["transports", "closed"])
		if (!isCounts(health[field])) return `${field} is not an object of whole numbers`;
	return health as unknown as NodeHealth;
}

function isCount(value: unknown): boolean {
	return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: unknown): boolean {
	return typeof value === "object" && value !== null && Object.values(value).every(isCount);
}

/** Engine.IO's own error messages by code (engine.io `lib/server.ts`, protocol 4). */
export const ENGINE_ERRORS = [
	"Transport unknown",
	"Session ID unknown",
	"Bad handshake method",
	"Bad request",
	"Forbidden",
	"Unsupported protocol version",
] as const;
export type EngineErrorCode = 0 | 1 | 2 | 3 | 4 | 5;
