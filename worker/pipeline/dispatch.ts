/** Sends a request to its session's node, or to the nodes of its pool in turn until one answers. */
import { choose } from "../choose/choose.ts";
import { hashKey, nodeOfAddress } from "../choose/hash.ts";
import type { Node, Pool } from "../config/pool.ts";
import { edgeError, engineError, preflightResponse } from "../errors.ts";
import { claimRefresh, firstVerdict, refreshVerdict } from "../health/ask-monitor.ts";
import { faultLine } from "../health/fault.ts";
import { type NodeTable, recordResult } from "../health/node-table.ts";
import { denialReason, route } from "../policy/admit.ts";
import { hasUnknownLength, readBody } from "../policy/body.ts";
import { type Denial, deny } from "../policy/denial.ts";
import { admitHandshake, limitsHandshakes } from "../policy/handshake-rate.ts";
import { clientAddress } from "../request/headers.ts";
import { isHandshake } from "../request/url.ts";
import type { Exchange, Outcome } from "../stats/exchange.ts";
import { fixForFaults, stickyAnswer, stickyTarget, upstreamSearch } from "../stick/stick.ts";
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

/** How a request was answered, and by which pool and nodes. */
export type Dispatched = Pick<Exchange, "outcome" | "response" | "pool" | "attempts" | "denial">;

/** A request on its way to a pool. */
interface Dispatch extends RequestContext {
	readonly pool: Pool;
	readonly table: NodeTable;
	readonly upstream: UpstreamRequest;
	readonly clientIp: string;
}

/** Routes a request, applies the pool's policy, and sends it to a node. */
export async function dispatch(context: RequestContext): Promise<Dispatched> {
	const { parsed, request, isolate, env, ctx, startedAt } = context;
	const { config, verdictClock } = isolate;
	const { origin } = parsed.headers;
	const pool = route(config.routes, parsed);
	if (pool === null) return dispatched("no_route", edgeError("EDGE_NO_ROUTE", origin), null);
	const reason = denialReason(parsed, pool);
	if (reason !== null) return answerDenial(deny(reason, parsed, pool), pool);
	const clientIp = clientAddress(config, request);
	const handshake = isHandshake(parsed);
	if (handshake && limitsHandshakes(pool, env)) {
		const denial = await admitHandshake(isolate.handshakes, env, pool, clientIp, origin, startedAt);
		if (denial !== null) return answerDenial(denial, pool);
	}
	const body = hasUnknownLength(parsed) ? await readBody(request, pool.maxBody) : streamedBody(request);
	if (body === "too long") return answerDenial(deny("body", parsed, pool), pool);
	const refreshing = claimRefresh(verdictClock, handshake, startedAt)
		? refreshVerdict(env, isolate.pools, verdictClock)
		: null;
	if (handshake) await firstVerdict(verdictClock, refreshing);
	const search = upstreamSearch(pool, parsed);
	const upstream = upstreamRequest(parsed, pool, search, body, clientIp, config.nodeSecret);
	const { table } = isolate.pools[pool.index]!;
	const answered = await sendByStickiness({ ...context, pool, table, upstream, clientIp });
	// While an answer is awaited, an open waitUntil would delay passing a client's disconnect on to the node.
	if (refreshing !== null) ctx.waitUntil(refreshing);
	return answered;
}

/** `fetch` rejects a GET or HEAD with a body, and a client that sends one must not make its node look failed. */
function streamedBody(request: Request): ReadableStream | null {
	return request.method === "GET" || request.method === "HEAD" ? null : request.body;
}

function sendByStickiness(dispatch: Dispatch): Promise<Dispatched> | Dispatched {
	const { parsed, request, pool, table, clientIp } = dispatch;
	const target = stickyTarget(pool, parsed, clientIp);
	if (target.kind === "node") return sendToSessionNode(dispatch, target.node);
	if (target.kind === "gone") return answerGone(dispatch, []);
	if (target.kind === "key") return sendByAddress(dispatch, target.key);
	const prefer = target.kind === "prefer" ? target.node : null;
	const key = hashKey(pool, parsed.search, request.headers);
	const opensSession = isHandshake(parsed);
	return sendWithFailover(dispatch, (tried) =>
		choose(pool, table, tried, { now: Date.now(), random: Math.random, key, prefer, opensSession }),
	);
}

/** With `source` stickiness the client's address determines the node, for new and existing sessions. */
function sendByAddress(dispatch: Dispatch, address: string): Promise<Dispatched> | Dispatched {
	const { parsed, table } = dispatch;
	const nextNode = (tried: readonly Node[]) => nodeOfAddress(table, address, tried, Date.now());
	if (parsed.sid === null) return sendWithFailover(dispatch, nextNode);
	const node = nextNode([]);
	return node === null ? answerGone(dispatch, []) : sendToSessionNode(dispatch, node);
}

/** Sends a session's request to the session's node, and never to another. */
async function sendToSessionNode(dispatch: Dispatch, node: Node): Promise<Dispatched> {
	const { table, pool, isolate, upstream, parsed } = dispatch;
	if (table.nodes[node.index]!.state === "MAINT") return answerGone(dispatch, []);
	const attempt = await send(isolate.config.platform, node, upstream);
	recordAttempt(dispatch, attempt);
	const { result, response } = attempt;
	if (result === "ok" || result === "refused") return dispatched("passed", response!, pool, [attempt]);
	await discard(response);
	if (result === "invalid")
		return dispatched("failed", edgeError("EDGE_NODE_ANSWER", parsed.headers.origin), pool, [attempt]);
	return answerGone(dispatch, [attempt]);
}

/** Sends to the nodes that `nextNode` returns, one after another, until one answers or a retry might repeat a side effect. */
async function sendWithFailover(
	dispatch: Dispatch,
	nextNode: (tried: readonly Node[]) => Node | null,
): Promise<Dispatched> {
	const { parsed, pool } = dispatch;
	const attempts: Attempt[] = [];
	for (;;) {
		const node = nextNode(attempts.map((each) => each.node));
		if (node === null) return answerNoNode(dispatch, attempts);
		const attempt = await sendToNode(dispatch, node);
		attempts.push(attempt);
		recordAttempt(dispatch, attempt);
		const { result, response } = attempt;
		if (result === "ok")
			return dispatched("passed", withPublicLocation(response!, node, parsed), pool, attempts);
		// With `source` stickiness a session placed on another node could never be found again.
		const mustStay = pool.stickiness === "source" && result === "refused";
		const retry = !mustStay && mayRetry(parsed, result);
		if (retry || result === "invalid") await discard(response);
		if (!retry) return answerNodeFailure(dispatch, attempts);
	}
}

/** One attempt; the answer of a handshake is adapted to the pool's stickiness. */
async function sendToNode(dispatch: Dispatch, node: Node): Promise<Attempt> {
	const { parsed, pool, table, isolate, upstream } = dispatch;
	const attempt = await send(isolate.config.platform, node, upstream);
	if (attempt.result !== "ok" || !isHandshake(parsed)) return attempt;
	try {
		// Some kinds of stickiness read the body, which is part of the attempt and has a deadline too.
		const answer = await withDeadline(pool.timeouts.handshake, () =>
			stickyAnswer(pool, table.nodes[node.index]!, parsed, attempt.response!),
		);
		if (typeof answer !== "string") return { ...attempt, response: answer };
		console.error(faultLine(answer, pool, node));
		return { ...attempt, result: "refused", response: null };
	} catch (error) {
		const result = error instanceof DeadlineExceeded ? "timeout" : "unreachable";
		return { ...attempt, result, response: null, endedAt: Date.now() };
	}
}

/** A failed request with a body is no evidence against its node: the client may be slow or may have disconnected. */
function recordAttempt({ table, upstream }: Dispatch, { node, result, endedAt }: Attempt): void {
	const failed = result === "unreachable" || result === "timeout";
	if (failed && upstream.body !== null) return;
	recordResult(table.nodes[node.index]!, result, endedAt, Math.random());
}

/** Answers that the session no longer exists, so that the client opens a new one. A preflight gets a preflight's answer. */
function answerGone({ parsed, request, pool }: Dispatch, attempts: readonly Attempt[]): Dispatched {
	const { origin } = parsed.headers;
	if (parsed.method === "OPTIONS")
		return dispatched("preflight", preflightResponse(origin, request.headers), pool, attempts);
	return dispatched("gone", engineError(1, origin), pool, attempts);
}

/** Answers when no node is left to try: 503, on which Engine.IO clients back off. */
function answerNoNode(dispatch: Dispatch, attempts: readonly Attempt[]): Dispatched {
	const { parsed, request, pool, table } = dispatch;
	const { origin } = parsed.headers;
	if (parsed.engine === null && attempts.length > 0) return answerNodeFailure(dispatch, attempts);
	if (parsed.engine !== null && parsed.method === "OPTIONS")
		return dispatched("preflight", preflightResponse(origin, request.headers), pool, attempts);
	const fix = parsed.engine === null ? null : fixForFaults(pool, table);
	const error =
		fix === null
			? edgeError("EDGE_NO_NODE", origin)
			: edgeError("EDGE_FOREIGN_SID", origin, { message: fix });
	return dispatched("no_node", error, pool, attempts);
}

const FAILURE_CODES = {
	ok: "EDGE_NODE_FAILED",
	unreachable: "EDGE_NODE_FAILED",
	timeout: "EDGE_NODE_TIMEOUT",
	refused: "EDGE_NO_NODE",
	invalid: "EDGE_NODE_ANSWER",
} as const;

/** Answers when the last node failed and no other may be tried. Forwards the node's own answer if there is one, such as a refusal. */
function answerNodeFailure({ parsed, pool }: Dispatch, attempts: readonly Attempt[]): Dispatched {
	const { result, response } = attempts.at(-1)!;
	const forwarded = result === "invalid" ? null : response;
	const answer = forwarded ?? edgeError(FAILURE_CODES[result], parsed.headers.origin);
	return dispatched("failed", answer, pool, attempts);
}

function answerDenial(denial: Denial, pool: Pool): Dispatched {
	return { outcome: "denied", response: denial.response, pool, attempts: [], denial };
}

function dispatched(
	outcome: Outcome,
	response: Response,
	pool: Pool | null,
	attempts: readonly Attempt[] = [],
): Dispatched {
	return { outcome, response, pool, attempts, denial: null };
}
