/** A pool: the nodes that serve one application, and how they are chosen, limited and probed. */
import { DEFAULT_HEALTH_PATH, DEFAULT_SOCKET_PATH, PROBE_INTERVAL_MS } from "../contract.ts";
import { type AddressRange, addressRange } from "./addresses.ts";
import { flag, list, oneOf, optional, type Read, record, text, wholeNumber } from "./fields.ts";
import { type Node, nodeShape, readNode } from "./node.ts";
import { type Origins, origins } from "./origins.ts";
import { decodePath, plainPath } from "./paths.ts";

export type { Node };

/** Kinds of stickiness and of balancing; the first of each is the default. */
export const STICKINESS = ["sid", "rewrite", "cookie", "source"] as const;
export type Stickiness = (typeof STICKINESS)[number];
const BALANCE = ["leastconn", "roundrobin", "hash"] as const;

/** The largest values of `timeouts.poll` and `max_body`. */
export const MAX_POLL_SECONDS = 600;
export const MAX_BODY_BYTES = 100_000_000;
/** The defaults of `timeouts.post` and `timeouts.body_idle`. */
export const DEFAULT_POST_SECONDS = 30;
export const DEFAULT_BODY_IDLE_SECONDS = 10;

/**
 * Seconds. Until the answer's headers: a node holds an idle poll for its pingInterval (25 by default). And for
 * the upload of a request's body: the longest pause in it, and an Engine.IO body in all.
 */
const timeouts = record({
	handshake: wholeNumber(1, 60, 5),
	poll: wholeNumber(1, MAX_POLL_SECONDS, 50),
	post: wholeNumber(1, 600, DEFAULT_POST_SECONDS),
	http: wholeNumber(1, 600, 100),
	body_idle: wholeNumber(1, 600, DEFAULT_BODY_IDLE_SECONDS),
	body: wholeNumber(1, 3600, 60),
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
	/** Paths that answer 404 at the edge, in every spelling; by default the health path and "/metrics". */
	private_paths: optional(
		list(text(/^\/[^?#]*$/, 'write a path that begins with a slash, without a query, as "/metrics"')),
	),
	timeouts,
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
	/** Whether requests outside Engine.IO are sticky by the cookie edge_<pool>. */
	http_cookie: flag(false),
	/** Whether answers carry the node's id, as x-edge-node. */
	expose_node: flag(false),
	/** Origins of other sites that may connect. The edge's own origin and clients without an Origin header are always allowed. */
	origins,
	/** Addresses and ranges of clients: `deny` wins, and a non-empty `allow` admits only those that it lists. */
	allow: list(addressRange),
	deny: list(addressRange),
	/** The most bytes of one POST to the Engine.IO path. For WebSocket messages the nodes' maxHttpBufferSize applies. */
	max_body: wholeNumber(1, MAX_BODY_BYTES, 1_000_000),
	/** New sessions per minute from one client address (IPv6: /64), counted in each isolate; 0 = no limit. */
	handshake_rate: wholeNumber(0, 1_000_000, 0),
	/** Whether to accept Engine.IO protocol 3 (Socket.IO 2 clients). */
	allow_eio3: flag(false),
	/** Whether to accept JSONP polling, by which pages of every site can read a session. */
	allow_jsonp: flag(false),
});

export interface Pool {
	readonly name: string;
	/** The variable it is configured in, for messages. */
	readonly variable: string;
	/** Position among the pools. */
	readonly index: number;
	readonly nodes: readonly Node[];
	readonly byTag: ReadonlyMap<string, Node>;
	readonly stickiness: Stickiness;
	readonly balance: (typeof BALANCE)[number];
	readonly hashOn: { readonly kind: "header" | "query" | "cookie"; readonly name: string } | null;
	readonly socketPath: string;
	readonly healthPath: string;
	/** As `plainPath` gives them. */
	readonly privatePaths: ReadonlySet<string>;
	/** Milliseconds until an answer's headers; for the longest pause in a body's upload, and for a whole Engine.IO body. */
	readonly timeouts: {
		readonly handshake: number;
		readonly poll: number;
		readonly post: number;
		readonly http: number;
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
	readonly httpCookie: boolean;
	readonly exposeNode: boolean;
	readonly allowEio3: boolean;
	readonly allowJsonp: boolean;
	readonly origins: Origins;
	readonly allow: readonly AddressRange[];
	readonly deny: readonly AddressRange[];
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
	const nodes = row.nodes.map((node, i) => readNode(node, i, `${variable}.nodes[${i}]`, problems));
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
		privatePaths: privatePaths(row.private_paths, row.health_path, row.socket_path),
		timeouts: milliseconds(row.timeouts),
		health: { ...row.health, interval: row.health.interval * 1000, timeout: row.health.timeout * 1000 },
		slowStart: row.slow_start * 1000,
		cookieCrossSite: row.cookie_cross_site,
		httpCookie: row.http_cookie,
		exposeNode: row.expose_node,
		allowEio3: row.allow_eio3,
		allowJsonp: row.allow_jsonp,
		origins: row.origins,
		allow: row.allow,
		deny: row.deny,
		maxBody: row.max_body,
		handshakeRate: row.handshake_rate,
	};
}

/** Metrics and health are for operators, not for visitors. An application's start page or Engine.IO path stays public. */
function privatePaths(
	given: readonly string[] | undefined,
	healthPath: string,
	socketPath: string,
): ReadonlySet<string> {
	const plain = (path: string) => plainPath(decodePath(path));
	if (given !== undefined) return new Set(given.map(plain));
	const paths = new Set([healthPath.split("?")[0]!, DEFAULT_METRICS_PATH].map(plain));
	for (const path of ["/", socketPath]) paths.delete(plain(path));
	return paths;
}

const DEFAULT_METRICS_PATH = "/metrics";

function milliseconds({ body_idle, ...rest }: Read<typeof timeouts>): Pool["timeouts"] {
	const seconds = { ...rest, bodyIdle: body_idle };
	return Object.fromEntries(
		Object.entries(seconds).map(([name, value]) => [name, value * 1000]),
	) as Pool["timeouts"];
}
