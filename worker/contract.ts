/**
 * The contract between the edge and its nodes. Imports nothing; the Worker, the origin and the tests
 * all read it, and it is short enough to be written again in Python or Java.
 */

/** Where Engine.IO lives unless a pool says otherwise; always with both slashes. */
export const DEFAULT_SOCKET_PATH = "/socket.io/";

/** Where a node reports on itself, as JSON of shape `NodeHealth`. */
export const DEFAULT_HEALTH_PATH = "/healthz";

/** Milliseconds between the edge's probes, unless a pool says otherwise, and for which an isolate uses a verdict: what a drain waits for. */
export const PROBE_INTERVAL = 5000;
export const VERDICT_LIFETIME = 3000;

/** Characters of a tag; of a whole Engine.IO session id that carries one. */
export const TAG_LENGTH = 3;
export const SID_LENGTH = 20;

/** base64url (RFC 4648 section 5): the characters an Engine.IO session id is made of. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Header names, lower case as HTTP libraries give them. */
export const HEADERS = {
	/** edge → node: the shared secret that proves the edge. */
	auth: "x-edge-auth",
	/** node → edge: the node's id on every answer it made itself, so that a 502 of the path is told from its own. */
	node: "x-edge-node",
	/** node → edge, with status 503 on a handshake: why no new session is taken (`REFUSALS`). */
	refuse: "x-edge-refuse",
	/** edge → node, but not with a session's polls and posts: the client's address as the edge saw it; to be believed only beside a valid `auth`. */
	clientIp: "x-edge-client-ip",
} as const;

/** Words of the `refuse` header. */
export const REFUSALS = ["draining", "full"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What a node says of itself. */
export const NODE_WORDS = ["ready", ...REFUSALS] as const;
export type NodeWord = (typeof NODE_WORDS)[number];

/** What the edge says of a node (HAProxy's words). */
export const STATES = ["UP", "DOWN", "DRAIN", "MAINT"] as const;
export type State = (typeof STATES)[number];

/** The four kinds of traffic, each counted as a backend of its own. */
export const TRAFFICS = ["http", "polling", "websocket", "flashsocket"] as const;
export type Traffic = (typeof TRAFFICS)[number];

/** A node's id: letters, digits, dot, dash and underscore, 1 to 64, so that a byte is a character everywhere. */
export const NODE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A tag, computed or given. */
export const TAG = /^[A-Za-z0-9_-]{3}$/;

/**
 * The tag of a node: FNV-1a (32 bit) over the id's ASCII bytes, folded to 18 bits by xor, written as
 * three base64url characters, most significant first.
 */
export function tagOf(nodeId: string): string {
	let hash = 0x811c9dc5;
	for (let i = 0; i < nodeId.length; i++) hash = Math.imul(hash ^ nodeId.charCodeAt(i), 0x01000193);
	const folded = ((hash >>> 18) ^ hash) & 0x3ffff;
	return ALPHABET.charAt(folded >>> 12) + ALPHABET.charAt((folded >>> 6) & 63) + ALPHABET.charAt(folded & 63);
}

/** For origins written in another language: their tag function must give exactly these. */
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
 * A node's answer to `GET /healthz`. Status 200 while it takes sessions, 503 while it does not; the body
 * is the same. Fields may be added; readers ignore those they do not know.
 */
export interface NodeHealth {
	readonly schema: 1;
	/** The node's id. */
	readonly node: string;
	/** The tag at the head of every session id this process mints. */
	readonly tag: string;
	/** Drawn at each process start: two boots in turn at one address mean several processes behind it. */
	readonly boot: string;
	readonly state: NodeWord;
	/** Live Engine.IO sessions, all transports. */
	readonly sessions: number;
	/** The most sessions the node takes; 0 = no cap. */
	readonly limit: number;
	/** Live sessions by the transport they use now. */
	readonly transports: Readonly<Record<"polling" | "websocket" | "flashsocket", number>>;
	/** Sessions opened and closed since start, the latter by Engine.IO's reason. */
	readonly opened: number;
	readonly closed: Readonly<Record<string, number>>;
}

/** Reads a `/healthz` body. Returns the health, or a sentence that names the field that is wrong. */
export function readHealth(body: unknown): NodeHealth | string {
	if (typeof body !== "object" || body === null) return "the body is not a JSON object";
	const health = body as Record<string, unknown>;
	if (health["schema"] !== 1) return `schema is ${JSON.stringify(health["schema"])}, this edge reads 1`;
	for (const field of ["node", "tag", "boot"])
		if (typeof health[field] !== "string") return `${field} is not a string`;
	if (!NODE_WORDS.includes(health["state"] as NodeWord))
		return `state is ${JSON.stringify(health["state"])}, not one of ${NODE_WORDS.join(", ")}`;
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

/** Engine.IO's own error bodies (engine.io `lib/server.ts`, protocol 4), by code. */
export const ENGINE_ERRORS = [
	"Transport unknown",
	"Session ID unknown",
	"Bad handshake method",
	"Bad request",
	"Forbidden",
	"Unsupported protocol version",
] as const;
