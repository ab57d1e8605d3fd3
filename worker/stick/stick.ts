/** Stickiness: which node a request must reach, and how a handshake's answer is adapted so that later requests reach it. */
import type { Node, Pool } from "../config/pool.ts";
import { TAG_LENGTH } from "../contract.ts";
import { type Fault, fixFor } from "../health/fault.ts";
import { type NodeStatus, type NodeTable, WRONG_TAG } from "../health/node-table.ts";
import type { ParsedRequest } from "../request/url.ts";
import { nodeOfCookie, stickyCookie } from "./cookie.ts";
import { addTag, removeTag, sidIn } from "./rewrite.ts";

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

/** After a session id with the right tag, its node is not checked again for this long, unless it restarts. */
const TAG_CHECK_INTERVAL_MS = 60_000;

/**
 * The answer of a handshake as the client gets it, or the fault that would make the session impossible to find.
 * With `sid`, each isolate checks a node's session ids once a minute, and after a wrong one every time. A 101
 * stays as it is: its session never leaves its WebSocket.
 */
export async function stickyAnswer(
	pool: Pool,
	status: NodeStatus,
	parsed: ParsedRequest,
	response: Response,
): Promise<Response | Exclude<Fault, "">> {
	if (response.status !== 200 || parsed.method !== "GET") return response;
	const { node } = status;
	if (status.fault === "many_processes") {
		await response.body?.cancel();
		return "many_processes";
	}
	if (pool.stickiness === "rewrite") return withBody(response, addTag(await response.text(), node.tag));
	if (pool.stickiness === "cookie") return withCookie(pool, node, parsed, response);
	if (pool.stickiness === "source" || Date.now() - status.tagCheckedAt < TAG_CHECK_INTERVAL_MS)
		return response;
	const body = await response.text();
	const tagged = isTagged(body, node);
	if (tagged !== null) status.tagCheckedAt = tagged ? Date.now() : WRONG_TAG;
	return tagged === false ? "foreign_tag" : withBody(response, body);
}

/** The fix for the first node found with a fault; null when there is none. */
export function fixForFaults(pool: Pool, table: NodeTable): string | null {
	for (const { node, fault, tagCheckedAt } of table.nodes) {
		if (fault !== "") return fixFor(fault, pool, node);
		if (tagCheckedAt === WRONG_TAG) return fixFor("foreign_tag", pool, node);
	}
	return null;
}

/** Whether the session id in a polling handshake's body carries the node's tag; null when there is no session id. */
export function isTagged(body: string, node: Node): boolean | null {
	const sid = sidIn(body);
	return sid === null ? null : sid.slice(0, TAG_LENGTH) === node.tag;
}

/** The answer with the cookie that brings the client back to the same node, unless it has that cookie. */
export function withCookie(pool: Pool, node: Node, parsed: ParsedRequest, response: Response): Response {
	if (nodeOfCookie(pool, parsed.headers.cookie) === node) return response;
	const copy = new Response(response.body, response);
	copy.headers.append("set-cookie", stickyCookie(pool, node, parsed.secure));
	return copy;
}

/** The answer with another body. The runtime has decoded the body, so headers that describe its bytes no longer apply. */
function withBody(response: Response, body: string): Response {
	const headers = new Headers(response.headers);
	headers.delete("content-encoding");
	headers.delete("content-length");
	headers.delete("transfer-encoding");
	headers.delete("etag");
	return new Response(body, { status: response.status, headers });
}
