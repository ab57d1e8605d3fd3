/** Sends a request to its session's node, or to the nodes of its pool in turn until one answers. */
import { choose } from "../choose/choose.ts";
import { hashKey, nodeOfAddress } from "../choose/hash.ts";
import type { Node, Pool } from "../config/pool.ts";
import { edgeError, engineError, preflightResponse } from "../errors.ts";
import { firstVerdict, refreshVerdict } from "../health/ask-monitor.ts";
import { faultLine } from "../health/fault.ts";
import { claimRefresh, type NodeTable, recordResult } from "../health/node-table.ts";
import { denialReason, route } from "../policy/admit.ts";
import { hasUnknownLength, readBody } from "../policy/body.ts";
import { type Denial, deny } from "../policy/denial.ts";
import { admitHandshake } from "../policy/handshake-rate.ts";
import { isHandshake } from "../request/url.ts";
import type { Exchange, Outcome } from "../stats/exchange.ts";
import {
	errorOfFaults,
	prepareHandshake,
	stickyAnswer,
	stickyTarget,
	upstreamSearch,
} from "../stick/stick.ts";
import { withPublicLocation } from "../upstream/location.ts";
import {
	type Attempt,
	DeadlineExceeded,
	discard,
	mayRetry,
	send,
	type UpstreamRequest,
	upstreamRequest,
	withDeadline,
} from "../upstream/send.ts";
import type { RequestContext } from "./context.ts";

/** The answer to a request, with the pool and nodes that were involved. */
export type Answer = Pick<Exchange, "outcome" | "response" | "pool" | "attempts" | "denial">;

/** A request that its pool's policy admits, as the nodes will get it. */
interface PoolRequest extends RequestContext {
	readonly pool: Pool;
	readonly table: NodeTable;
	readonly upstream: UpstreamRequest;
}

/** Routes a request to its pool and sends it to a node, if the pool's policy admits it. */
export async function dispatch(context: RequestContext): Promise<Answer> {
	const { parsed, isolate, ctx } = context;
	const pool = route(isolate.config.routes, parsed);
	if (pool === null) return answerWith("no_route", edgeError("EDGE_NO_ROUTE", parsed.headers.origin));
	const admitted = await admit(context, pool);
	if ("reason" in admitted) return answerDenial(admitted, pool);
	const refreshing = refreshIfDue(context);
	if (isHandshake(parsed) && refreshing !== null) await firstVerdict(isolate.verdictClock, refreshing);
	const answer = await sendByStickiness(admitted);
	// While an answer is awaited, an open waitUntil would delay passing a client's disconnect on to the node.
	if (refreshing !== null) ctx.waitUntil(refreshing);
	return answer;
}

/** Applies the pool's policy. Reads a body without a Content-Length, since its size is unknown until then. */
async function admit(context: RequestContext, pool: Pool): Promise<Denial | PoolRequest> {
	const { parsed, request, isolate, env, clientIp, startedAt } = context;
	const { config, handshakes, pools } = isolate;
	const reason = denialReason(parsed, pool);
	if (reason !== null) return deny(reason, parsed, pool);
	const isLimited = pool.handshakeRate > 0 || env.HANDSHAKE_LIMITER !== undefined;
	if (isLimited && isHandshake(parsed)) {
		const { origin } = parsed.headers;
		const denial = await admitHandshake(handshakes, env, pool, clientIp, origin, startedAt);
		if (denial !== null) return denial;
	}
	const mustRead = parsed.method === "POST" && hasUnknownLength(parsed);
	const body = mustRead ? await readBody(request, pool.maxBody) : streamedBody(request);
	if (body === "too long") return deny("body", parsed, pool);
	const search = upstreamSearch(pool, parsed);
	if (isHandshake(parsed)) prepareHandshake(pool, parsed);
	const upstream = upstreamRequest(parsed, pool, search, body, clientIp, config.nodeSecret);
	return { ...context, pool, table: pools[pool.index]!.table, upstream };
}

/** Starts asking the monitor when its verdict is due; null when it is not. */
function refreshIfDue({ parsed, isolate, env, startedAt }: RequestContext): Promise<void> | null {
	const { verdictClock, pools } = isolate;
	if (!claimRefresh(verdictClock, isHandshake(parsed), startedAt)) return null;
	return refreshVerdict(env, pools, verdictClock);
}

/** `fetch` rejects a GET or HEAD with a body, and a client that sends one must not make its node look failed. */
function streamedBody(request: Request): ReadableStream | null {
	return request.method === "GET" || request.method === "HEAD" ? null : request.body;
}

function sendByStickiness(admitted: PoolRequest): Promise<Answer> | Answer {
	const { parsed, request, pool, table, clientIp } = admitted;
	const target = stickyTarget(pool, parsed, clientIp);
	if (target.kind === "node") return sendToSessionNode(admitted, target.node);
	if (target.kind === "gone") return answerGone(admitted, []);
	if (target.kind === "key") return sendByAddress(admitted, target.key);
	const prefer = target.kind === "prefer" ? target.node : null;
	const key = pool.balance === "hash" ? hashKey(pool, parsed.search, request.headers) : null;
	const opensSession = isHandshake(parsed);
	return sendWithFailover(admitted, (tried) =>
		choose(pool, table, tried, { now: Date.now(), random: Math.random, key, prefer, opensSession }),
	);
}

/** With `source` stickiness the client's address determines the node, for new and existing sessions. */
function sendByAddress(admitted: PoolRequest, address: string): Promise<Answer> | Answer {
	const { parsed, table } = admitted;
	const nextNode = (tried: readonly Node[]) => nodeOfAddress(table, address, tried, Date.now());
	if (parsed.sid === null) return sendWithFailover(admitted, nextNode);
	const node = nextNode([]);
	return node === null ? answerGone(admitted, []) : sendToSessionNode(admitted, node);
}

/** Sends a session's request to the session's node, and never to another. */
async function sendToSessionNode(admitted: PoolRequest, node: Node): Promise<Answer> {
	const { table, pool, isolate, upstream, parsed } = admitted;
	if (table.nodes[node.index]!.state === "MAINT") return answerGone(admitted, []);
	const attempt = await send(isolate.config.platform, node, upstream);
	recordAttempt(admitted, attempt);
	const { result, response } = attempt;
	if (result === "ok" || result === "refused") return answerWith("passed", response!, pool, [attempt]);
	await discard(response);
	if (result === "invalid")
		return answerWith("failed", edgeError("EDGE_NODE_ANSWER", parsed.headers.origin), pool, [attempt]);
	return answerGone(admitted, [attempt]);
}

/** Sends to the nodes that `nextNode` returns, one after another, until one answers or a retry might repeat a side effect. */
async function sendWithFailover(
	admitted: PoolRequest,
	nextNode: (tried: readonly Node[]) => Node | null,
): Promise<Answer> {
	const { parsed, pool } = admitted;
	const attempts: Attempt[] = [];
	for (;;) {
		const node = nextNode(attempts.map((each) => each.node));
		if (node === null) return answerNoNode(admitted, attempts);
		const attempt = await sendToNode(admitted, node);
		attempts.push(attempt);
		recordAttempt(admitted, attempt);
		const { result, response } = attempt;
		if (result === "ok") {
			const isRedirect = response!.status >= 300 && response!.status <= 399;
			const answer = isRedirect ? withPublicLocation(response!, node, parsed) : response!;
			return answerWith("passed", answer, pool, attempts);
		}
		// With `source` stickiness a session placed on another node could never be found again.
		const mustStay = pool.stickiness === "source" && result === "refused";
		const retry = !mustStay && mayRetry(parsed, result);
		if (retry || result === "invalid") await discard(response);
		if (!retry) return answerNodeFailure(admitted, attempts);
	}
}

/** One attempt; the answer of a handshake is adapted to the pool's stickiness. */
async function sendToNode(admitted: PoolRequest, node: Node): Promise<Attempt> {
	const { parsed, pool, table, isolate, upstream } = admitted;
	const attempt = await send(isolate.config.platform, node, upstream);
	if (attempt.result !== "ok" || !isHandshake(parsed)) return attempt;
	try {
		// Some kinds of stickiness read the body, which is part of the attempt and has a deadline too.
		const status = table.nodes[node.index]!;
		const adapted = stickyAnswer(pool, status, parsed, attempt.response!);
		const answer = await withDeadline(pool.timeouts.handshake, adapted);
		if (typeof answer !== "string") return { ...attempt, response: answer };
		console.error(faultLine(answer, pool, node, status.notRewritable));
		// A client may cause an answer that is not rewritable, such as a login page, so it is no evidence against the node.
		return { ...attempt, result: answer === "not_rewritable" ? "invalid" : "refused", response: null };
	} catch (error) {
		const result = error instanceof DeadlineExceeded ? "timeout" : "unreachable";
		return { ...attempt, result, response: null, endedAt: Date.now() };
	}
}

/** A failed request with a body is no evidence against its node: the client may be slow or may have disconnected. */
function recordAttempt({ table, upstream }: PoolRequest, { node, result, endedAt }: Attempt): void {
	const failed = result === "unreachable" || result === "timeout";
	if (failed && upstream.body !== null) return;
	recordResult(table.nodes[node.index]!, result, endedAt, Math.random());
}

/** Answers that the session no longer exists, so that the client opens a new one. A preflight gets a preflight's answer. */
function answerGone({ parsed, request, pool }: PoolRequest, attempts: readonly Attempt[]): Answer {
	const { origin } = parsed.headers;
	if (parsed.method === "OPTIONS")
		return answerWith("preflight", preflightResponse(origin, request.headers), pool, attempts);
	return answerWith("gone", engineError(1, origin), pool, attempts);
}

/** Answers when no node is left to try: 503, on which Engine.IO clients back off. */
function answerNoNode(admitted: PoolRequest, attempts: readonly Attempt[]): Answer {
	const { parsed, request, pool, table } = admitted;
	const { origin } = parsed.headers;
	if (parsed.enginePath === null && attempts.length > 0) return answerNodeFailure(admitted, attempts);
	if (parsed.enginePath !== null && parsed.method === "OPTIONS")
		return answerWith("preflight", preflightResponse(origin, request.headers), pool, attempts);
	const invalid = attempts.filter(({ result }) => result === "invalid").map(({ node }) => node);
	const fault = parsed.enginePath === null ? null : errorOfFaults(pool, table, invalid);
	const error = fault === null ? edgeError("EDGE_NO_NODE", origin) : edgeError(fault.code, origin, fault);
	return answerWith("no_node", error, pool, attempts);
}

const FAILURE_CODES = {
	ok: "EDGE_NODE_FAILED",
	unreachable: "EDGE_NODE_FAILED",
	timeout: "EDGE_NODE_TIMEOUT",
	refused: "EDGE_NO_NODE",
	invalid: "EDGE_NODE_ANSWER",
} as const;

/** Answers when the last node failed and no other may be tried. Forwards the node's own answer if there is one, such as a refusal. */
function answerNodeFailure({ parsed, pool }: PoolRequest, attempts: readonly Attempt[]): Answer {
	const { result, response } = attempts.at(-1)!;
	const forwarded = result === "invalid" ? null : response;
	const answer = forwarded ?? edgeError(FAILURE_CODES[result], parsed.headers.origin);
	return answerWith("failed", answer, pool, attempts);
}

function answerDenial(denial: Denial, pool: Pool): Answer {
	return { outcome: "denied", response: denial.response, pool, attempts: [], denial };
}

/** An answer of a pool's nodes, or of the edge itself, outside any pool. */
export function answerWith(
	outcome: Outcome,
	response: Response,
	pool: Pool | null = null,
	attempts: readonly Attempt[] = [],
): Answer {
	return { outcome, response, pool, attempts, denial: null };
}
