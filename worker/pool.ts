/** A pool: the nodes that serve one kind of application, and how they are chosen, limited and watched. */
import { DEFAULT_HEALTH_PATH, DEFAULT_SOCKET_PATH, NODE_ID, PROBE_INTERVAL, TAG, tagOf } from "./contract.ts";
import { flag, list, oneOf, record, text, whole } from "./fields.ts";

const nodeShape = record({
	id: text(NODE_ID, "write a name of letters, digits, dot, dash or underscore, at most 64 characters"),
	url: text(/./, 'write the node\'s address, as "https://n1.example.com"'),
	/** Explicit tag; "" = computed from the id. */
	tag: text(/^$|^[A-Za-z0-9_-]{3}$/, "write 3 characters of A-Z, a-z, 0-9, dash or underscore", ""),
	/** Share of new sessions; 0 = only those it has. */
	weight: whole(0, 256, 100),
	/** New sessions stop here; advisory, the node's own cap is the truth; 0 = none. */
	max_sessions: whole(0, 10_000_000, 0),
});

const poolShape = record({
	nodes: list(nodeShape),
	stickiness: oneOf(["sid", "rewrite", "cookie", "source"]),
	balance: oneOf(["leastconn", "roundrobin", "hash"]),
	/** With balance = "hash": the header, query parameter or cookie whose value decides. */
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
	/** Seconds until an answer's headers. A poll is held for up to pingInterval + pingTimeout (25 + 20 by default). */
	timeouts: record({
		handshake: whole(1, 60, 5),
		poll: whole(1, 600, 50),
		post: whole(1, 600, 30),
		http: whole(1, 600, 100),
	}),
	/** Probes: seconds between and allowed; how many in a row turn a verdict; the status that means well. */
	health: record({
		interval: whole(1, 300, PROBE_INTERVAL / 1000),
		timeout: whole(1, 30, 2),
		rise: whole(1, 10, 2),
		fall: whole(1, 10, 2),
		status: whole(100, 599, 200),
	}),
	/** Seconds over which a node that came back is given its full share. */
	slow_start: whole(0, 3600, 30),
	/** Cookie stickiness for pages of another site: SameSite=None; Partitioned. */
	cookie_cross_site: flag(false),
	/** Pages of other sites that may connect, as "https://app.example.com"; "*" = any. Same host and clients without an Origin always may. */
	origins: list(
		text(
			/^(\*|null|https?:\/\/[^/?#\s]+)$/,
			'write scheme and host, as "https://app.example.com", or "*" for any',
		),
	),
	/** Bytes of one POST to the Engine.IO path; maxHttpBufferSize of the nodes is the truth for WebSocket messages. */
	max_body: whole(1, 100_000_000, 1_000_000),
	/** New sessions a minute from one client address (IPv6: /64), counted in each isolate; 0 = any number. */
	handshake_rate: whole(0, 1_000_000, 0),
	/** Whether Engine.IO protocol 3 (Socket.IO 2 clients) is let through. */
	allow_eio3: flag(false),
});

export type Stickiness = "sid" | "rewrite" | "cookie" | "source";
export type Balance = "leastconn" | "roundrobin" | "hash";

export interface Node {
	readonly id: string;
	/** Scheme, host and port, no slash at the end. */
	readonly url: string;
	readonly tag: string;
	readonly weight: number;
	readonly maxSessions: number;
	/** Its place in the pool. */
	readonly index: number;
}

export interface Pool {
	readonly name: string;
	/** The variable it is written in, for messages. */
	readonly variable: string;
	/** Its place among the pools. */
	readonly index: number;
	readonly nodes: readonly Node[];
	readonly byTag: ReadonlyMap<string, Node>;
	readonly stickiness: Stickiness;
	readonly balance: Balance;
	readonly hashOn: { readonly kind: "header" | "query" | "cookie"; readonly name: string } | null;
	readonly socketPath: string;
	readonly healthPath: string;
	/** Milliseconds. */
	readonly limits: {
		readonly handshake: number;
		readonly poll: number;
		readonly post: number;
		readonly http: number;
	};
	/** Milliseconds, counts, and the expected status. */
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
	readonly origins: readonly string[];
	/** Bytes. */
	readonly maxBody: number;
	/** A minute; 0 = any number. */
	readonly handshakeRate: number;
}

/** Reads one POOL_… variable. */
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
		limits: milliseconds(row.timeouts),
		health: { ...row.health, interval: row.health.interval * 1000, timeout: row.health.timeout * 1000 },
		slowStart: row.slow_start * 1000,
		cookieCrossSite: row.cookie_cross_site,
		allowEio3: row.allow_eio3,
		origins: row.origins,
		maxBody: row.max_body,
		handshakeRate: row.handshake_rate,
	};
}

function readUrl(given: string, at: string, problems: string[]): string {
	const cure = "write scheme, host and port only, as https://n1.example.com or http://10.0.0.5:3001";
	let url: URL;
	try {
		url = new URL(given);
	} catch {
		if (given !== "") problems.push(`${at}: "${given}" is not a URL; ${cure}`);
		return "http://invalid";
	}
	if (url.protocol !== "http:" && url.protocol !== "https:")
		problems.push(`${at}: "${given}" is not http or https; ${cure}`);
	else if (url.username !== "" || url.password !== "")
		problems.push(`${at}: has a user name or password; ${cure}`);
	else if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
		problems.push(`${at}: "${given}" has a path or query; ${cure}`);
	return url.origin;
}

function milliseconds<T extends Record<string, number>>(seconds: T): T {
	return Object.fromEntries(Object.entries(seconds).map(([name, value]) => [name, value * 1000])) as T;
}
