/** Stickiness of a pool: which node a request must reach, and what the answer of a handshake needs for that. */
import type { Node, Pool } from "../config/pool.ts";
import { TAG_LENGTH } from "../contract.ts";
import { type Fault, fixFor } from "../health/fault.ts";
import { type NodeStatus, type NodeTable, WRONG_TAG } from "../health/node-table.ts";
import type { ParsedRequest } from "../request/url.ts";
import { nodeOfCookie, stickyCookie } from "./cookie.ts";
import { addTag, removeTag, sidIn } from "./rewrite.ts";

/**
 * `node`: this node and no other. `prefer`: a new session that should go to this node. `key`: the node is
 * chosen by the hash of this value. `gone`: no node, since the session's node no longer exists. `any`: by balance.
 */
export type StickyTarget =
	| { readonly kind: "node"; readonly node: Node }
	| { readonly kind: "prefer"; readonly node: Node }
	| { readonly kind: "key"; readonly key: string }
	| { readonly kind: "gone" }
	| { readonly kind: "any" };

const ANY: StickyTarget = { kind: "any" };
const GONE: StickyTarget = { kind: "gone" };

/** Decides for one request. Under `sid` and `rewrite` the first three characters of the session id name the node. */
export function stickyTarget(pool: Pool, parsed: ParsedRequest, clientIp: string): StickyTarget {
	if (parsed.engine === null) return ANY;
	if (pool.stickiness === "source") return { kind: "key", key: clientIp };
	if (pool.stickiness === "cookie") {
		const node = nodeOfCookie(pool, parsed.headers.cookie);
		if (parsed.sid === null) return node === null ? ANY : { kind: "prefer", node };
		return node === null ? GONE : { kind: "node", node };
	}
	if (parsed.sid === null) return ANY;
	const node = pool.byTag.get(parsed.sid.slice(0, TAG_LENGTH));
	return node === undefined ? GONE : { kind: "node", node };
}

/** The query as the nodes see it: under `rewrite` without the tag that the edge added. */
export function upstreamSearch(pool: Pool, parsed: ParsedRequest): string {
	return pool.stickiness === "rewrite" && parsed.sid !== null ? removeTag(parsed.search) : parsed.search;
}

/** How long a node whose session ids carried its tag is not checked again, unless it restarts. */
const TAG_CHECK_INTERVAL_MS = 60_000;

/**
 * The answer of a handshake as the client gets it, or the fault that would make the session impossible to find.
 * Under `sid` each isolate checks a node's session ids once a minute, and every time after a wrong one. A 101
 * needs nothing: its session never leaves its WebSocket.
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

function withCookie(pool: Pool, node: Node, parsed: ParsedRequest, response: Response): Response {
	if (nodeOfCookie(pool, parsed.headers.cookie) === node) return response;
	const copy = new Response(response.body, response);
	copy.headers.append("set-cookie", stickyCookie(pool, node, parsed.secure));
	return copy;
}

/** The runtime decoded the body, so headers that describe its bytes no longer apply. */
function withBody(response: Response, body: string): Response {
	const headers = new Headers(response.headers);
	headers.delete("content-encoding");
	headers.delete("content-length");
	headers.delete("transfer-encoding");
	headers.delete("etag");
	return new Response(body, { status: response.status, headers });
}
