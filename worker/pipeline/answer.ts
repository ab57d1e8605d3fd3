/** The answer to a request for every outcome: a node's, or the edge's own. */
import type { Node, Pool } from "../config/pool.ts";
import { HEADERS } from "../contract.ts";
import { edgeError, engineError, preflightResponse } from "../errors.ts";
import { type FaultError, faultError } from "../health/fault.ts";
import { type Denial, denyAsEdge } from "../policy/denial.ts";
import type { Exchange, Outcome } from "../stats/exchange.ts";
import { errorOfFaults, withCookie } from "../stick/stick.ts";
import { withPublicLocation } from "../upstream/location.ts";
import type { Attempt } from "../upstream/send.ts";
import type { PoolRequest } from "./context.ts";

/** The answer to a request, with the pool and nodes that were involved. */
export type Answer = Pick<Exchange, "outcome" | "response" | "pool" | "attempts" | "denial" | "id">;

/** Builds an `Answer`. `pool` is null if the request was not routed. */
export function answerWith(
	outcome: Outcome,
	response: Response,
	pool: Pool | null = null,
	attempts: readonly Attempt[] = [],
): Answer {
	return { outcome, response, pool, attempts, denial: null, id: null };
}

/** The answer to a denied request; a null `pool` = it was denied before it was routed. */
export function answerDenial(denial: Denial, pool: Pool | null, attempts: readonly Attempt[] = []): Answer {
	return { outcome: "denied", response: denial.response, pool, attempts, denial, id: null };
}

/** Forwards the answer of the last attempt. */
export function answerPassed(admitted: PoolRequest, attempts: readonly Attempt[]): Answer {
	const { node, response } = attempts.at(-1)!;
	return answerWith("passed", forClient(response!, node, admitted), admitted.pool, attempts);
}

/** Answers that the session no longer exists, so that the client opens a new one. A preflight gets a preflight's answer. */
export function answerGone({ parsed, request, pool }: PoolRequest, attempts: readonly Attempt[]): Answer {
	const { origin } = parsed.headers;
	if (parsed.method === "OPTIONS")
		return answerWith("preflight", preflightResponse(origin, request.headers), pool, attempts);
	return answerWith("gone", engineError(1, origin), pool, attempts);
}

/** Answers when no node takes the request: 503, on which Engine.IO clients back off. */
export function answerNoNode(admitted: PoolRequest, attempts: readonly Attempt[]): Answer {
	const { parsed, request, pool, table } = admitted;
	const { origin } = parsed.headers;
	const isEngine = parsed.enginePath !== null;
	if (isEngine && parsed.method === "OPTIONS")
		return answerWith("preflight", preflightResponse(origin, request.headers), pool, attempts);
	const fault = isEngine ? (errorOfRewrite(pool, attempts) ?? errorOfFaults(pool, table)) : null;
	const error = fault === null ? edgeError("EDGE_NO_NODE", origin) : edgeError(fault.code, origin, fault);
	return answerWith("no_node", error, pool, attempts);
}

/** The error when no handshake of a request could be rewritten; null when there was another reason, such as a full node. */
function errorOfRewrite(pool: Pool, attempts: readonly Attempt[]): FaultError | null {
	if (!attempts.every(({ result }) => result === "not_rewritable")) return null;
	const last = attempts.at(-1);
	return last === undefined ? null : faultError("not_rewritable", pool, last.node, last.found);
}

/**
 * Answers when the last node failed and no other is tried. Outside Engine.IO an answer is forwarded if there is one, such
 * as a proxy's 503.
 */
export function answerFailed(admitted: PoolRequest, attempts: readonly Attempt[]): Answer {
	const { parsed, pool } = admitted;
	const { node, result, response } = attempts.at(-1)!;
	const { origin } = parsed.headers;
	if (result === "client_idle")
		return answerDenial(denyAsEdge("body_timeout", "EDGE_BODY_TIMEOUT", origin), pool, attempts);
	if (parsed.enginePath !== null && parsed.sid === null) return answerNoNode(admitted, attempts);
	if (result === "invalid")
		return answerWith("failed", edgeError("EDGE_NODE_ANSWER", origin), pool, attempts);
	const code = result === "timeout" ? "EDGE_NODE_TIMEOUT" : "EDGE_NODE_FAILED";
	const answer = response === null ? edgeError(code, origin) : forClient(response, node, admitted);
	return answerWith("failed", answer, pool, attempts);
}

/**
 * A node's answer without the node's id and address, which are not public, and outside Engine.IO with the cookie that
 * makes the pool sticky. A 101 is copied only to remove the id, since its copy must be given the WebSocket.
 */
function forClient(response: Response, node: Node, { parsed, pool }: PoolRequest): Response {
	const { status, headers } = response;
	const isNamed = headers.has(HEADERS.node);
	if (status === 101) return isNamed && !pool.exposeNode ? withoutNodeId(response) : response;
	let answer = withPublicLocation(response, node, parsed);
	if (parsed.enginePath === null && pool.httpCookie) answer = withCookie(pool, node, parsed, answer);
	if (isNamed === pool.exposeNode) return answer;
	if (answer === response) answer = new Response(response.body, response);
	if (pool.exposeNode) answer.headers.set(HEADERS.node, node.id);
	else answer.headers.delete(HEADERS.node);
	return answer;
}

function withoutNodeId({ webSocket, headers }: Response): Response {
	const kept = new Headers(headers);
	kept.delete(HEADERS.node);
	return new Response(null, { status: 101, webSocket, headers: kept });
}
