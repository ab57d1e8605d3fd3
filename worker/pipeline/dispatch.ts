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

/** Routes a request, applies the pool's policy, and lets a node answer. */
export async function dispatch(context: RequestContext): Promise<Dispatched> {
	const { parsed, request, isolate, env, ctx, startedAt } = context;
	const { config, verdictClock } = isolate;
	const { origin } = parsed.headers;
	const pool = route(config.routes, parsed);
	if (pool === null) return ended("no_route", edgeError("EDGE_NO_ROUTE", origin), null);
	const reason = denialReason(parsed, pool);
	if (reason !== null) return denied(deny(reason, parsed, pool), pool);
	const clientIp = clientAddress(config, request);
	const handshake = isHandshake(parsed);
	if (handshake && limitsHandshakes(pool, env)) {
		const denial = await admitHandshake(isolate.handshakes, env, pool, clientIp, origin, startedAt);
		if (denial !== null) return denied(denial, pool);
	}
	const body = hasUnknownLength(parsed) ? await readBody(request, pool.maxBody) : streamedBody(request);
	if (body === "too long") return denied(deny("body", parsed, pool), pool);
	const refreshing = claimRefresh(verdictClock, handshake, startedAt)
		? refreshVerdict(env, isolate.pools, verdictClock)
		: null;
	if (handshake) await firstVerdict(verdictClock, refreshing);
	const search = upstreamSearch(pool, parsed);
	const upstream = upstreamRequest(parsed, pool, search, body, clientIp, config.nodeSecret);
	const { table } = isolate.pools[pool.index]!;
	const dispatched = await sendByStickiness({ ...context, pool, table, upstream, clientIp });
	// While an answer is awaited, an open waitUntil would delay passing a client's disconnect on to the node.
	if (refreshing !== null) ctx.waitUntil(refreshing);
	return dispatched;
}

/** `fetch` takes no body with GET and HEAD, and a client that sends one must not look like a failed node. */
function streamedBody(request: Request): ReadableStream | null {
	return request.method === "GET" || request.method === "HEAD" ? null : request.body;
}

function sendByStickiness(dispatch: Dispatch): Promise<Dispatched> | Dispatched {
	const { parsed, request, pool, table, clientIp } = dispatch;
	const target = stickyTarget(pool, parsed, clientIp);
	if (target.kind === "node") return sendToSessionNode(dispatch, target.node);
	if (target.kind === "gone") return gone(dispatch, []);
	if (target.kind === "key") return sendByAddress(dispatch, target.key);
	const prefer = target.kind === "prefer" ? target.node : null;
	const key = hashKey(pool, parsed.search, request.headers);
	const opensSession = isHandshake(parsed);
	return sendWithFailover(dispatch, (tried) =>
		choose(pool, table, tried, { now: Date.now(), random: Math.random, key, prefer, opensSession }),
	);
}

/** The address alone determines the node, for new and existing sessions. */
function sendByAddress(dispatch: Dispatch, address: string): Promise<Dispatched> | Dispatched {
	const { parsed, table } = dispatch;
	const nextNode = (tried: readonly Node[]) => nodeOfAddress(table, address, tried, Date.now());
	if (parsed.sid === null) return sendWithFailover(dispatch, nextNode);
	const node = nextNode([]);
	return node === null ? gone(dispatch, []) : sendToSessionNode(dispatch, node);
}

/** A request of a session goes to the session's node and never to another. */
async function sendToSessionNode(dispatch: Dispatch, node: Node): Promise<Dispatched> {
	const { table, pool, isolate, upstream, parsed } = dispatch;
	if (table.nodes[node.index]!.state === "MAINT") return gone(dispatch, []);
	const attempt = await send(isolate.config.platform, node, upstream);
	recordAttempt(dispatch, attempt);
	const { result, response } = attempt;
	if (result === "ok" || result === "refused") return ended("passed", response!, pool, [attempt]);
	await discard(response);
	if (result === "invalid")
		return ended("failed", edgeError("EDGE_NODE_ANSWER", parsed.headers.origin), pool, [attempt]);
	return gone(dispatch, [attempt]);
}

/** Sends to the nodes that `nextNode` returns, one after another, until one answers or a retry could do harm. */
async function sendWithFailover(
	dispatch: Dispatch,
	nextNode: (tried: readonly Node[]) => Node | null,
): Promise<Dispatched> {
	const { parsed, pool } = dispatch;
	const attempts: Attempt[] = [];
	for (;;) {
		const node = nextNode(attempts.map((each) => each.node));
		if (node === null) return exhausted(dispatch, attempts);
		const attempt = await sendToNode(dispatch, node);
		attempts.push(attempt);
		recordAttempt(dispatch, attempt);
		const { result, response } = attempt;
		if (result === "ok") return ended("passed", withPublicLocation(response!, node, parsed), pool, attempts);
		// With `source` stickiness a session placed on another node could never be found again.
		const tied = pool.stickiness === "source" && result === "refused";
		const retry = !tied && mayRetry(parsed, result);
		if (retry || result === "invalid") await discard(response);
		if (!retry) return nodeFailure(dispatch, attempts);
	}
}

/** One attempt; the answer of a handshake is adapted to the pool's stickiness. */
async function sendToNode(dispatch: Dispatch, node: Node): Promise<Attempt> {
	const { parsed, pool, table, isolate, upstream } = dispatch;
	const attempt = await send(isolate.config.platform, node, upstream);
	if (attempt.result !== "ok" || !isHandshake(parsed)) return attempt;
	try {
		// Some kinds of stickiness read the body, which is part of the attempt and has the same deadline.
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

/** A request with a body proves nothing against a node: its client may be the one that is slow or broke off. */
function recordAttempt({ table, upstream }: Dispatch, { node, result, endedAt }: Attempt): void {
	const failed = result === "unreachable" || result === "timeout";
	if (failed && upstream.body !== null) return;
	recordResult(table.nodes[node.index]!, result, endedAt, Math.random());
}

/** Tells the client that its session no longer exists, so that it opens a new one. A preflight is answered as such. */
function gone({ parsed, request, pool }: Dispatch, attempts: readonly Attempt[]): Dispatched {
	const { origin } = parsed.headers;
	if (parsed.method === "OPTIONS")
		return ended("preflight", preflightResponse(origin, request.headers), pool, attempts);
	return ended("gone", engineError(1, origin), pool, attempts);
}

/** No node is left to try. Engine.IO clients back off only when a handshake fails, so the answer is 503. */
function exhausted(dispatch: Dispatch, attempts: readonly Attempt[]): Dispatched {
	const { parsed, request, pool, table } = dispatch;
	const { origin } = parsed.headers;
	if (parsed.engine === null && attempts.length > 0) return nodeFailure(dispatch, attempts);
	if (parsed.engine !== null && parsed.method === "OPTIONS")
		return ended("preflight", preflightResponse(origin, request.headers), pool, attempts);
	const fix = parsed.engine === null ? null : fixForFaults(pool, table);
	const error =
		fix === null
			? edgeError("EDGE_NO_NODE", origin)
			: edgeError("EDGE_FOREIGN_SID", origin, { message: fix });
	return ended("no_node", error, pool, attempts);
}

const FAILURE_CODES = {
	ok: "EDGE_NODE_FAILED",
	unreachable: "EDGE_NODE_FAILED",
	timeout: "EDGE_NODE_TIMEOUT",
	refused: "EDGE_NO_NODE",
	invalid: "EDGE_NODE_ANSWER",
} as const;

/** The last node failed and no other may be tried. Its own answer is forwarded where there is one, such as a refusal. */
function nodeFailure({ parsed, pool }: Dispatch, attempts: readonly Attempt[]): Dispatched {
	const { result, response } = attempts.at(-1)!;
	const forwarded = result === "invalid" ? null : response;
	const answer = forwarded ?? edgeError(FAILURE_CODES[result], parsed.headers.origin);
	return ended("failed", answer, pool, attempts);
}

function denied(denial: Denial, pool: Pool): Dispatched {
	return { outcome: "denied", response: denial.response, pool, attempts: [], denial };
}

function ended(
	outcome: Outcome,
	response: Response,
	pool: Pool | null,
	attempts: readonly Attempt[] = [],
): Dispatched {
	return { outcome, response, pool, attempts, denial: null };
}
