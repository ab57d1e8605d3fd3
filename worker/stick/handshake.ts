/** What stickiness does to the answer of a handshake; every later answer of a session goes out untouched. */
import { cureOf, FAULTS, type Fault } from "../health/fault.ts";
import type { Knowledge } from "../health/knowledge.ts";
import type { Node, Pool } from "../pool.ts";
import type { Asked } from "../request/classify.ts";
import { nodeOfCookie, pin } from "./cookie.ts";
import { namesItsNode } from "./minted.ts";
import { addTag } from "./rewrite.ts";

/** Milliseconds for which a node whose ids were good is not looked at again, unless the monitor hears that it restarted. */
const LOOK_AGAIN = 60_000;

/**
 * The answer as the client shall have it; a fault when the session would not be found again. Under `sid`
 * the ids a node mints are looked at once a minute for each node and isolate, and each time for one found wrong.
 * A 101 needs nothing: its session never leaves its socket.
 */
export async function settle(
	pool: Pool,
	known: Knowledge,
	node: Node,
	asked: Asked,
	cookies: string | null,
	response: Response,
): Promise<Response | Exclude<Fault, "">> {
	if (response.status !== 200 || asked.method !== "GET") return response;
	if (FAULTS[known.fault[node.index]!] === "many_processes") {
		await response.body?.cancel();
		return "many_processes";
	}
	if (pool.stickiness === "rewrite") return withBody(response, addTag(await response.text(), node.tag));
	if (pool.stickiness === "cookie") return pinned(pool, node, asked, cookies, response);
	if (pool.stickiness === "source" || Date.now() - known.minted[node.index]! < LOOK_AGAIN) return response;
	const body = await response.text();
	const good = namesItsNode(body, node);
	if (good !== null) known.minted[node.index] = good ? Date.now() : -1;
	return good === false ? "foreign_tag" : withBody(response, body);
}

/** The cure of the first node found to lead nobody back; null when none was. */
export function cureFor(pool: Pool, known: Knowledge): string | null {
	for (const node of pool.nodes) {
		const fault = FAULTS[known.fault[node.index]!]!;
		if (fault !== "") return cureOf(fault, pool, node);
		if (known.minted[node.index] === -1) return cureOf("foreign_tag", pool, node);
	}
	return null;
}

function pinned(pool: Pool, node: Node, asked: Asked, cookies: string | null, response: Response): Response {
	if (nodeOfCookie(pool, cookies) === node) return response;
	const copy = new Response(response.body, response);
	copy.headers.append("set-cookie", pin(pool, node, asked.secure));
	return copy;
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
