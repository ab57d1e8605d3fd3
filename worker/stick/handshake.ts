/** What stickiness does to the answer of a handshake; every later answer of a session goes out untouched. */
import type { Knowledge } from "../health/knowledge.ts";
import type { Node, Pool } from "../pool.ts";
import type { Asked } from "../request/classify.ts";
import { nodeOfCookie, pin } from "./cookie.ts";
import { namesItsNode } from "./minted.ts";
import { addTag } from "./rewrite.ts";

/**
 * The answer as the client shall have it; null when the node's session ids do not lead back to it, which
 * the pool `sid` looks at once for each node and isolate, and again for a node found so. A 101 needs
 * nothing: the session never leaves its socket.
 */
export async function settle(
	pool: Pool,
	known: Knowledge,
	node: Node,
	asked: Asked,
	cookies: string | null,
	response: Response,
): Promise<Response | null> {
	if (response.status !== 200 || asked.method !== "GET") return response;
	if (pool.stickiness === "rewrite") return rewritten(response, (body) => addTag(body, node.tag));
	if (pool.stickiness === "cookie") {
		if (nodeOfCookie(pool, cookies) === node) return response;
		const pinned = new Response(response.body, response);
		pinned.headers.append("set-cookie", pin(pool, node, asked.secure));
		return pinned;
	}
	if (pool.stickiness === "source" || known.minted[node.index] === 1) return response;
	const body = await response.text();
	const good = namesItsNode(body, node);
	known.minted[node.index] = good ? 1 : 2;
	return good ? withBody(response, body) : null;
}

async function rewritten(response: Response, change: (body: string) => string): Promise<Response> {
	return withBody(response, change(await response.text()));
}

/** The runtime decoded the body, so what described its bytes goes. */
function withBody(response: Response, body: string): Response {
	const headers = new Headers(response.headers);
	headers.delete("content-encoding");
	headers.delete("content-length");
	headers.delete("transfer-encoding");
	headers.delete("etag");
	return new Response(body, { status: response.status, headers });
}
