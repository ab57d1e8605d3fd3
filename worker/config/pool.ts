/** A pool: the nodes that serve one application, and how they are chosen, limited and probed. */
import {
	DEFAULT_HEALTH_PATH,
	DEFAULT_SOCKET_PATH,
	NODE_ID,
	PROBE_INTERVAL_MS,
	TAG,
	tagOf,
} from "../contract.ts";
import { flag, list, oneOf, record, text, wholeNumber } from "./fields.ts";

/** Kinds of stickiness and of balancing; the first of each is the default. */
export const STICKINESS = ["sid", "rewrite", "cookie", "source"] as const;
export type Stickiness = (typeof STICKINESS)[number];
export const BALANCE = ["leastconn", "roundrobin", "hash"] as const;
export type Balance = (typeof BALANCE)[number];

const nodeShape = record({
	id: text(NODE_ID, "write a name of letters, digits, dot, dash or underscore, at most 64 characters"),
	url: text(/./, 'write the node\'s address, as "https://n1.example.com"'),
	/** Explicit tag; "" = computed from the id. */
	tag: text(/^$|^[A-Za-z0-9_-]{3}$/, "write 3 characters of A-Z, a-z, 0-9, dash or underscore", ""),
	/** Share of new sessions; 0 = none. */
	weight: wholeNumber(0, 256, 100),
	/** No new sessions above this number, by the node's last report (only the node's own limit is exact); 0 = no limit. */
	max_sessions: wholeNumber(0, 10_000_000, 0),
});

const poolShape = record({
	nodes: list(nodeShape),
	stickiness: oneOf(STICKINESS),
	balance: oneOf(BALANCE),
	/** With balance = "hash": the header, query parameter or cookie whose value selects the node. */
	hash_on: text(
		/^$|^(header|query|cookie):[A-Za-z0-9_-]+$/,
		'write "header:x-room", "query:room" or "cookie:user"',
		"",
	),
	socket_path: text(
		/^\/(?!.*\\)(?!(?:.*\/)?\.{1,2}\/)([^?#]*\/)?$/,
		"write a path that begins and ends with a slash, without dot segments",
		DEFAULT_SOCKET_PATH,
	),
	health_path: text(/^\/[^#]*$/, "write a path that begins with a slash", DEFAULT_HEALTH_PATH),
	/** Seconds until the answer's headers. A node may hold a poll for pingInterval + pingTimeout (25 + 20 by default). */
	timeouts: record({
		handshake: wholeNumber(1, 60, 5),
		poll: wholeNumber(1, 600, 50),
		post: wholeNumber(1, 600, 30),
		http: wholeNumber(1, 600, 100),
		body_idle: wholeNumber(1, 600, 10),
		body: wholeNumber(1, 3600, 60),
	}),
	/** Probes: seconds between two, and allowed for one; how many results in a row change the state; the expected status. */
	health: record({
		interval: wholeNumber(1, 300, PROBE_INTERVAL_MS / 1000),
		timeout: wholeNumber(1, 30, 2),
		rise: wholeNumber(1, 10, 2),
		fall: wholeNumber(1, 10, 2),
		status: wholeNumber(100, 599, 200),
	}),
	/** Seconds in which a node that came back reaches its full share. */
	slow_start: wholeNumber(0, 3600, 30),
	/** Cookie stickiness for pages of another site: SameSite=None; Partitioned. */
	cookie_cross_site: flag(false),
	/** Origins of other sites that may connect, as "https://app.example.com"; "*" = any. The edge's own origin and clients without an Origin header are always allowed. */
	origins: list(
		text(
			/^(\*|null|https?:\/\/[^/?#\s]+)$/,
			'write scheme and host, as "https://app.example.com", or "*" for any',
		),
	),
	/** The most bytes of one POST to the Engine.IO path. For WebSocket messages the nodes' maxHttpBufferSize applies. */
	max_body: wholeNumber(1, 100_000_000, 1_000_000),
	/** New sessions per minute from one client address (IPv6: /64), counted in each isolate; 0 = no limit. */
	handshake_rate: wholeNumber(0, 1_000_000, 0),
	/** Whether to accept Engine.IO protocol 3 (Socket.IO 2 clients). */
	allow_eio3: flag(false),
	/** Whether requests outside Engine.IO are sticky too, by the cookie edge_<pool>. */
	http_cookie: flag(false),
	/** Whether answers carry the node's id as x-edge-node. */
	expose_node: flag(false),
});

export interface Node {
	readonly id: string;
	/** Scheme, host and port, no slash at the end. */
	readonly url: string;
	readonly tag: string;
	readonly weight: number;
	readonly maxSessions: number;
	/** Position in the pool. */
	readonly index: number;
}

export interface Pool {
	readonly name: string;
	/** The variable it is configured in, for messages. */
	readonly variable: string;
	/** Position among the pools. */
	readonly index: number;
	readonly nodes: readonly Node[];
	readonly byTag: ReadonlyMap<string, Node>;
	readonly stickiness: Stickiness;
	readonly balance: Balance;
	readonly hashOn: { readonly kind: "header" | "query" | "cookie"; readonly name: string } | null;
	readonly socketPath: string;
	readonly healthPath: string;
	/** Milliseconds until an answer's headers. */
	readonly timeouts: {
		readonly handshake: number;
		readonly poll: number;
		readonly post: number;
		readonly http: number;
		/** The longest pause in the upload of a body, and the longest upload of an Engine.IO body. */
		readonly bodyIdle: number;
		readonly body: number;
	};
	/** Milliseconds; numbers of probes; the expected status. */
	readonly health: {
		readonly interval: number;
		readonly timeout: number;
		readonly rise: number;
		readonly fall: number;
		readonly status: number;
	};
	/** Milliseconds. */
	readonly slowStart: number;
	readonly cookieCrossSite: boolean;
	readonly allowEio3: boolean;
	readonly httpCookie: boolean;
	readonly exposeNode: boolean;
	readonly origins: readonly string[];
	/** Bytes. */
	readonly maxBody: number;
	/** Per minute and client; 0 = no limit. */
	readonly handshakeRate: number;
}

/** Reads one POOL_… variable and reports what is wrong with it. */
export function readPool(variable: string, given: unknown, index: number, problems: string[]): Pool {
	const row = poolShape(given, variable, problems);
	const name = variable.slice("POOL_".length).toLowerCase();
	if (!/^[a-z][a-z0-9_]*$/.test(name))
		problems.push(
			`${variable}: "${name}" cannot name a pool; use letters, digits and underscore after POOL_`,
		);
	if (row.nodes.length === 0)
		problems.push(
			`${variable}.nodes: no node; write nodes = [{ id = "n1", url = "https://n1.example.com" }]`,
		);
	if (row.balance === "hash" && row.hash_on === "")
		problems.push(
			`${variable}.hash_on: missing; balance = "hash" needs "header:NAME", "query:NAME" or "cookie:NAME"`,
		);
	const nodes = row.nodes.map(
		(node, i): Node => ({
			id: node.id,
			url: readUrl(node.url, `${variable}.nodes[${i}].url`, problems),
			tag: TAG.test(node.tag) ? node.tag : tagOf(node.id),
			weight: node.weight,
			maxSessions: node.max_sessions,
			index: i,
		}),
	);
	const [kind, key] = row.hash_on.split(":") as ["header" | "query" | "cookie", string];
	return {
		name,
		variable,
		index,
		nodes,
		byTag: new Map(nodes.map((node) => [node.tag, node])),
		stickiness: row.stickiness,
		balance: row.balance,
		hashOn: row.hash_on === "" ? null : { kind, name: key },
		socketPath: row.socket_path,
		healthPath: row.health_path,
		timeouts: timeoutsOf(row.timeouts),
		health: { ...row.health, interval: row.health.interval * 1000, timeout: row.health.timeout * 1000 },
		slowStart: row.slow_start * 1000,
		cookieCrossSite: row.cookie_cross_site,
		allowEio3: row.allow_eio3,
		httpCookie: row.http_cookie,
		exposeNode: row.expose_node,
		origins: row.origins,
		maxBody: row.max_body,
		handshakeRate: row.handshake_rate,
	};
}

function readUrl(given: string, at: string, problems: string[]): string {
	const fix = "write scheme, host and port only, as https://n1.example.com or http://10.0.0.5:3001";
	let url: URL;
	try {
		url = new URL(given);
	} catch {
		if (given !== "") problems.push(`${at}: "${given}" is not a URL; ${fix}`);
		return "http://invalid";
	}
	if (url.protocol !== "http:" && url.protocol !== "https:")
		problems.push(`${at}: "${given}" is not http or https; ${fix}`);
	else if (url.username !== "" || url.password !== "")
		problems.push(`${at}: has a user name or password; ${fix}`);
	else if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
		problems.push(`${at}: "${given}" has a path or query; ${fix}`);
	return url.origin;
}

function timeoutsOf({
	body_idle,
	...seconds
}: Record<Exclude<keyof Pool["timeouts"], "bodyIdle"> | "body_idle", number>) {
	return milliseconds({ ...seconds, bodyIdle: body_idle });
}

function milliseconds<T extends Record<string, number>>(seconds: T): T {
	return Object.fromEntries(Object.entries(seconds).map(([name, value]) => [name, value * 1000])) as T;
}
