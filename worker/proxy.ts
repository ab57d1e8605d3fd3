/** A request to its node: stick or choose, forward, fail over, count. */
import { edgeError, engineError, preflight } from "./answers.ts";
import { choose } from "./choose/choose.ts";
import type { Edge } from "./edge.ts";
import { mayRetry, type Outcome } from "./forward/failure.ts";
import { type Attempt, forward, type Passed } from "./forward/forward.ts";
import { nodeHeaders } from "./forward/headers.ts";
import { limitOf } from "./forward/limits.ts";
import { clientAddress } from "./platform/client-address.ts";
import type { Node, Pool } from "./pool.ts";
import type { Asked } from "./request/classify.ts";
import { route } from "./request/route.ts";
import { count, countFront } from "./stats/counters.ts";
import { nodeOfSid } from "./stick/sid.ts";

/** Answers a request that is not the edge's own. */
export async function proxy(request: Request, asked: Asked, edge: Edge): Promise<Response> {
	const pool = route(edge.config, asked);
	if (pool === null) {
		countFront(edge.counters, "no_route");
		return edgeError("EDGE_NO_ROUTE", request.headers.get("origin"));
	}
	count(edge.counters, pool.index, asked.traffic, "requests");
	return asked.sid === null
		? toAnyNode(request, asked, edge, pool)
		: toItsNode(request, asked, edge, pool, asked.sid);
}

/** A request of a session: to its node, or gone. Never to another. */
async function toItsNode(
	request: Request,
	asked: Asked,
	edge: Edge,
	pool: Pool,
	sid: string,
): Promise<Response> {
	const node = nodeOfSid(pool, sid);
	if (node === null) return gone(request, asked, edge, pool);
	const { outcome, response } = await forward(edge.config, node, passedOn(request, asked, edge, pool));
	if (outcome === "unreachable" || outcome === "timeout") return gone(request, asked, edge, pool);
	count(edge.counters, pool.index, asked.traffic, "sticky");
	return response!;
}

/** Tells the client that its session is no more, so that it makes a new one within 1.5 s; a preflight is only a question. */
function gone(request: Request, asked: Asked, edge: Edge, pool: Pool): Response {
	const origin = request.headers.get("origin");
	if (asked.method === "OPTIONS") return preflight(origin, request.headers);
	count(edge.counters, pool.index, asked.traffic, "gone");
	return engineError(1, origin);
}

/** A new session, or a request outside Engine.IO: to the node of choice, and on to the next where that is harmless. */
async function toAnyNode(request: Request, asked: Asked, edge: Edge, pool: Pool): Promise<Response> {
	const passed = passedOn(request, asked, edge, pool);
	const tried: Node[] = [];
	let last: Attempt | null = null;
	for (;;) {
		const node = choose(pool, edge.known[pool.index]!, tried, Math.random);
		if (node === null) return exhausted(request, asked, edge, pool, last);
		if (tried.length > 0) count(edge.counters, pool.index, asked.traffic, "retried");
		last = await forward(edge.config, node, passed);
		if (last.outcome === "ok") {
			if (asked.engine !== null) count(edge.counters, pool.index, asked.traffic, "handshakes");
			return last.response!;
		}
		if (!mayRetry(asked, last.outcome)) return failed(request, asked, edge, pool, last);
		await last.response?.body?.cancel();
		tried.push(node);
	}
}

function exhausted(request: Request, asked: Asked, edge: Edge, pool: Pool, last: Attempt | null): Response {
	const origin = request.headers.get("origin");
	if (asked.engine !== null && asked.method === "OPTIONS") return preflight(origin, request.headers);
	count(edge.counters, pool.index, asked.traffic, "failed");
	if (asked.engine !== null || last === null || last.outcome === "refused")
		return edgeError("EDGE_NO_NODE", origin);
	return edgeError(codeOf(last.outcome), origin);
}

function failed(request: Request, asked: Asked, edge: Edge, pool: Pool, attempt: Attempt): Response {
	count(edge.counters, pool.index, asked.traffic, attempt.outcome === "refused" ? "refused" : "failed");
	return attempt.response ?? edgeError(codeOf(attempt.outcome), request.headers.get("origin"));
}

function codeOf(outcome: Outcome): "EDGE_NODE_TIMEOUT" | "EDGE_NODE_FAILED" {
	return outcome === "timeout" ? "EDGE_NODE_TIMEOUT" : "EDGE_NODE_FAILED";
}

function passedOn(request: Request, asked: Asked, edge: Edge, pool: Pool): Passed {
	return {
		method: request.method,
		target: asked.path + asked.search,
		headers: nodeHeaders(request.headers, {
			clientIp: clientAddress(edge.config, request),
			host: asked.host,
			secure: asked.secure,
			secret: edge.config.nodeSecret,
		}),
		body: request.body,
		limit: limitOf(pool, asked),
	};
}
