/** Stickiness: which node a request must reach, and how a handshake's answer is adapted so that later requests reach it. */
import type { Node, Pool } from "../config/pool.ts";
import { TAG_LENGTH } from "../contract.ts";
import { type Fault, type FaultError, faultError, fixFor } from "../health/fault.ts";
import { type NodeStatus, type NodeTable, WRONG_TAG } from "../health/node-table.ts";
import { takeWarningLines } from "../health/warning.ts";
import type { ParsedRequest } from "../request/url.ts";
import { nodeOfCookie, stickyCookie } from "./cookie.ts";
import { describeHandshake, readHandshake } from "./handshake-body.ts";
import { updateWarnings } from "./node-limits.ts";
import { findOpenPacket, type OpenPacket } from "./open-packet.ts";
import { addTag, removeTag } from "./rewrite.ts";

/**
 * `node`: this node and no other. `prefer`: a new session that should go to this node. `key`: the node is
 * chosen by the hash of this value. `gone`: no node, since the session's node no longer exists. `any`: a node chosen by the pool's `balance`.
 */
export type StickyTarget =
	| { readonly kind: "node"; readonly node: Node }
	| { readonly kind: "prefer"; readonly node: Node }
	| { readonly kind: "key"; readonly key: string }
	| { readonly kind: "gone" }
	| { readonly kind: "any" };

const ANY: StickyTarget = { kind: "any" };
const GONE: StickyTarget = { kind: "gone" };

/** Which node one request must reach. With `sid` and `rewrite` the first three characters of the session id name it. */
export function stickyTarget(pool: Pool, parsed: ParsedRequest, clientIp: string): StickyTarget {
	if (parsed.enginePath === null) return pool.httpCookie ? preferred(pool, parsed) : ANY;
	if (pool.stickiness === "source") return { kind: "key", key: clientIp };
	if (pool.stickiness === "cookie") {
		if (parsed.sid === null) return preferred(pool, parsed);
		const node = nodeOfCookie(pool, parsed.headers.cookie);
		return node === null ? GONE : { kind: "node", node };
	}
	if (parsed.sid === null) return ANY;
	const node = pool.byTag.get(parsed.sid.slice(0, TAG_LENGTH));
	return node === undefined ? GONE : { kind: "node", node };
}

function preferred(pool: Pool, parsed: ParsedRequest): StickyTarget {
	const node = nodeOfCookie(pool, parsed.headers.cookie);
	return node === null ? ANY : { kind: "prefer", node };
}

/** The query that the nodes get: with `rewrite`, without the tag that the edge added. */
export function upstreamSearch(pool: Pool, parsed: ParsedRequest): string {
	return pool.stickiness === "rewrite" && parsed.sid !== null ? removeTag(parsed.search) : parsed.search;
}

/**
 * Asks nodes not to compress handshakes: the edge would have to decompress them, and browsers accept encodings that the
 * runtime cannot decode. Changes `parsed.headers.forwardable`, as upstreamHeaders does.
 */
export function prepareHandshake(pool: Pool, parsed: ParsedRequest): void {
	if (pool.stickiness === "rewrite") parsed.headers.forwardable["accept-encoding"] = "identity";
}

/** After an open packet without a fault, the next one that is read is this much later, unless the node restarts. */
const TAG_CHECK_INTERVAL_MS = 60_000;

/** Why a handshake's answer is not forwarded; `found` describes one that cannot be rewritten. */
export interface StickyFault {
	readonly fault: Fault;
	readonly found: string;
}

/**
 * The answer of a handshake as the client gets it, or the fault that would make the session impossible to find.
 * Without `rewrite`, each isolate reads a node's limits once a minute; with `sid` it checks the tag of its session ids as well,
 * and after a wrong one every time. A 101 stays as it is: its session never leaves its WebSocket.
 */
export async function stickyAnswer(
	pool: Pool,
	status: NodeStatus,
	parsed: ParsedRequest,
	response: Response,
): Promise<Response | StickyFault> {
	if (response.status !== 200 || parsed.method !== "GET") return response;
	const { node } = status;
	if (status.fault === "many_processes") {
		await response.body?.cancel();
		return { fault: "many_processes", found: "" };
	}
	if (pool.stickiness === "rewrite") return rewrittenAnswer(pool, status, response);
	const isDue = Date.now() - status.tagCheckedAt >= TAG_CHECK_INTERVAL_MS;
	if (isDue && (await checkOpenPacket(pool, status, response))) {
		await response.body?.cancel();
		return { fault: "foreign_tag", found: "" };
	}
	return pool.stickiness === "cookie" ? withCookie(pool, node, parsed, response) : response;
}

/** The answer with the tag before its session id. */
async function rewrittenAnswer(
	pool: Pool,
	status: NodeStatus,
	response: Response,
): Promise<Response | StickyFault> {
	const body = await readHandshake(response);
	const open = body.problem === null ? findOpenPacket(body.bytes) : null;
	if (open === null) {
		const found = describeHandshake(response.headers, body);
		status.warnings["not_rewritable"] = fixFor("not_rewritable", pool, status.node, found);
		return { fault: "not_rewritable", found };
	}
	delete status.warnings["not_rewritable"];
	recordLimits(pool, status, open);
	return withBody(response, addTag(body.bytes, open, status.node.tag));
}

/**
 * Reads the open packet: records the node's limits, and returns whether the session id lacks the node's tag although
 * the pool needs it. An answer that cannot be read is passed on unchecked, since it need not be changed.
 */
async function checkOpenPacket(pool: Pool, status: NodeStatus, response: Response): Promise<boolean> {
	const { bytes, problem } = await readHandshake(response.clone());
	const open = problem === null ? findOpenPacket(bytes) : null;
	if (open === null) return false;
	recordLimits(pool, status, open);
	const isForeign = pool.stickiness === "sid" && !isTagged(open, status.node);
	status.tagCheckedAt = isForeign ? WRONG_TAG : Date.now();
	return isForeign;
}

function recordLimits(pool: Pool, status: NodeStatus, open: OpenPacket): void {
	updateWarnings(status, open, pool);
	for (const line of takeWarningLines(status, pool, Date.now())) console.warn(line);
}

/** The error for the first node found with a fault; null when there is none. */
export function errorOfFaults(pool: Pool, table: NodeTable): FaultError | null {
	for (const { node, fault, tagCheckedAt } of table.nodes) {
		if (fault !== "") return faultError(fault, pool, node);
		if (tagCheckedAt === WRONG_TAG) return faultError("foreign_tag", pool, node);
	}
	return null;
}

/** Whether the session id of an open packet carries the node's tag. */
export function isTagged({ sid }: Pick<OpenPacket, "sid">, { tag }: Pick<Node, "tag">): boolean {
	return sid.startsWith(tag);
}

/** The answer with the cookie that brings the client back to the same node, unless it has that cookie. */
export function withCookie(pool: Pool, node: Node, parsed: ParsedRequest, response: Response): Response {
	if (nodeOfCookie(pool, parsed.headers.cookie) === node) return response;
	const copy = new Response(response.body, response);
	const isSlashless = pool.socketPath === `${parsed.path}/`;
	copy.headers.append("set-cookie", stickyCookie(pool, node, parsed.secure, isSlashless));
	return copy;
}

/** Headers that describe a body's bytes, which are decoded and changed. */
const BODY_HEADERS = [
	"content-encoding",
	"content-length",
	"transfer-encoding",
	"etag",
	"content-md5",
	"digest",
	"content-digest",
	"repr-digest",
];

/** The answer with another body. */
function withBody(response: Response, body: Uint8Array): Response {
	const headers = new Headers(response.headers);
	for (const name of BODY_HEADERS) headers.delete(name);
	return new Response(body, { status: response.status, headers });
}
