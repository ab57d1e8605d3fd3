/** Sends a request to its session's node, or to the nodes of its pool in turn until one answers. */
import { choose } from "../choose/choose.ts";
import { hashKey, nodeOfAddress } from "../choose/hash.ts";
import type { Node } from "../config/pool.ts";
import { TAG_LENGTH } from "../contract.ts";
import { SilenceTimer, withDeadline } from "../deadline.ts";
import { edgeError } from "../errors.ts";
import { awaitVerdict, claimRefresh, refreshVerdict } from "../health/ask-monitor.ts";
import { checkNow, checkSuspected } from "../health/ask-node.ts";
import { faultEntry } from "../health/fault.ts";
import {
	claimCheck,
	endHandshake,
	type NodeStatus,
	recordEvidence,
	recordRefusal,
} from "../health/node-table.ts";
import { admitToPool, route } from "../policy/admit.ts";
import { holdBody, isReadFirst, readBody, releaseBody } from "../policy/body.ts";
import { deny } from "../policy/denial.ts";
import { admitHandshake } from "../policy/handshake-rate.ts";
import { isHandshake, type ParsedRequest } from "../request/url.ts";
import { logLimited, requestId as newRequestId } from "../stats/log.ts";
import { prepareHandshake, stickyAnswer, stickyTarget, upstreamSearch } from "../stick/stick.ts";
import {
	type Attempt,
	discard,
	failureOf,
	isEvidence,
	mayRetry,
	send,
	type UpstreamRequest,
	upstreamRequest,
} from "../upstream/send.ts";
import { uploadOf } from "../upstream/upload.ts";
import {
	type Answer,
	answerDenial,
	answerFailed,
	answerGone,
	answerNoNode,
	answerPassed,
	answerWith,
} from "./answer.ts";
import type { PoolRequest, RequestContext } from "./context.ts";

/** Routes a request to its pool and sends it to a node, if the pool's policy admits it. */
export async function dispatch(context: RequestContext): Promise<Answer> {
	const { parsed, request, isolate, env, ctx, clientIp, startedAt } = context;
	const { config, pools, verdictClock } = isolate;
	const pool = route(config.routes, parsed);
	if (pool === null) return answerWith("no_route", edgeError("EDGE_NO_ROUTE", parsed.headers.origin));
	let denial = admitToPool(parsed, pool, clientIp);
	// A session's requests wait for nothing here: each await costs CPU time in every poll.
	if (denial === null && isHandshake(parsed))
		denial = await admitHandshake(isolate.handshakes, env, pool, clientIp, parsed.headers.origin, startedAt);
	if (denial !== null) return answerDenial(denial, pool);
	const refresh = claimRefresh(verdictClock, startedAt);
	const refreshing = refresh === "none" ? null : refreshVerdict(env, pools, verdictClock);
	if (refresh === "wait") await awaitVerdict(refreshing!);
	const { table } = pools[pool.index]!;
	const id = parsed.sid === null ? newRequestId(request, config.platform) : "";
	const answer = await sendByStickiness({ ...context, pool, table, requestId: id });
	// While an answer is awaited, an open waitUntil would delay passing a client's disconnect on to the node.
	if (refreshing !== null) ctx.waitUntil(refreshing);
	const checks = checkSuspected(pool, table, config.nodeSecret, Date.now());
	if (checks !== null) ctx.waitUntil(checks);
	return id === "" ? answer : { ...answer, id };
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
	const { parsed, pool, table } = admitted;
	const nextNode = (tried: readonly Node[]) => nodeOfAddress(table, address, tried);
	if (parsed.sid === null) return sendWithFailover(admitted, nextNode);
	// Nodes that follow the contract generate tagged session ids, so their sessions stay whatever happens to the hash.
	const tagged = pool.byTag.get(parsed.sid.slice(0, TAG_LENGTH));
	const isOfTag = tagged !== undefined && table.nodes[tagged.index]!.hasSpokenContract;
	const node = isOfTag ? tagged : nextNode([]);
	return node === null ? answerGone(admitted, []) : sendToSessionNode(admitted, node);
}

/** Sends a session's request to the session's node, and never to another. */
function sendToSessionNode(admitted: PoolRequest, node: Node): Promise<Answer> | Answer {
	const { table, pool, parsed, request } = admitted;
	const status = table.nodes[node.index]!;
	if (status.state === "MAINT") return answerGone(admitted, []);
	const body = parsed.method === "POST" ? request.body : null;
	const isHeld = body !== null && isReadFirst(parsed.headers.contentLength, pool.timeouts);
	return isHeld ? sendHeld(admitted, status, body) : sendOnce(admitted, status, body);
}

/** Reads the whole body, now that a node is known, and sends it. */
async function sendHeld(admitted: PoolRequest, status: NodeStatus, stream: ReadableStream): Promise<Answer> {
	const { pool, parsed, isolate, clientIp, startedAt } = admitted;
	const timer = new SilenceTimer();
	const held = holdBody(isolate.bodies, clientIp, startedAt + pool.timeouts.body + pool.timeouts.post);
	try {
		const body = await readBody(stream, pool, isolate.bodies, held, timer);
		if (typeof body === "string") return answerDenial(deny(body, parsed, pool), pool);
		return await sendOnce(admitted, status, body, timer);
	} finally {
		timer.stop();
		releaseBody(isolate.bodies, held);
	}
}

/** Sends a session's request once. Not an async function, for the same reason as `send`. */
function sendOnce(
	admitted: PoolRequest,
	status: NodeStatus,
	body: UpstreamRequest["body"],
	timer?: SilenceTimer,
): Promise<Answer> {
	const upstream = upstreamOf(admitted, body);
	const { platform } = admitted.isolate.config;
	return send(platform, status.node, upstream, status.hasSpokenContract, timer).then((attempt) => {
		const { result, response } = attempt;
		recordAttempt(admitted.parsed, status, attempt);
		if (result === "ok" || result === "refused") return answerPassed(admitted, [attempt]);
		const answer = result === "invalid" ? answerFailed : answerGone;
		return discard(response).then(() => answer(admitted, [attempt]));
	});
}

/** Sends to the nodes that `nextNode` returns, one after another, until one answers or no retry is allowed. */
async function sendWithFailover(
	admitted: PoolRequest,
	nextNode: (tried: readonly Node[]) => Node | null,
): Promise<Answer> {
	const { parsed, pool, request } = admitted;
	const attempts: Attempt[] = [];
	let node = nextNode([]);
	// Without a node nothing is uploaded, so that the body can be read before the refusal.
	if (node === null) return answerNoNode(admitted, attempts);
	const upstream = upstreamOf(admitted, uploadOf(parsed, request.body, pool));
	while (node !== null) {
		const attempt = await sendTo(admitted, node, upstream);
		attempts.push(attempt);
		const { result, response } = attempt;
		if (result === "ok") return answerPassed(admitted, attempts);
		// With `source` stickiness a session placed on another node could never be found again.
		const mustStay = pool.stickiness === "source" && result === "refused";
		const isRetried = !mustStay && mayRetry(parsed, attempts);
		node = isRetried ? await nextHealthyNode(admitted, attempts, nextNode) : null;
		if (node !== null) await discard(response);
	}
	return answerFailed(admitted, attempts);
}

/**
 * The next node after a failed attempt. A handshake may have crashed its node, and must not crash more than one other: so
 * after two nodes that could not be reached no third one is tried, and a node that fails a health check is passed over.
 */
async function nextHealthyNode(
	{ parsed, pool, table, isolate }: PoolRequest,
	attempts: readonly Attempt[],
	nextNode: (tried: readonly Node[]) => Node | null,
): Promise<Node | null> {
	const tried = attempts.map((each) => each.node);
	const node = nextNode(tried);
	if (node === null || attempts.at(-1)!.result !== "unreachable" || !isHandshake(parsed)) return node;
	const status = table.nodes[node.index]!;
	const isHealthy = claimCheck(status, Date.now(), true)
		? await checkNow(pool, table, status, isolate.config.nodeSecret)
		: status.failedChecks === 0;
	if (isHealthy) return node;
	const other = nextNode([...tried, node]);
	if (other === null) return node;
	endHandshake(status, false, Date.now());
	return other;
}

function upstreamOf(admitted: PoolRequest, body: UpstreamRequest["body"]): UpstreamRequest {
	const { parsed, pool, isolate, clientIp, requestId: id } = admitted;
	if (isHandshake(parsed)) prepareHandshake(pool, parsed);
	const added = { clientIp, secret: isolate.config.nodeSecret, requestId: id };
	return upstreamRequest(parsed, pool, upstreamSearch(pool, parsed), body, added);
}

/** One attempt, recorded in the node's status; the answer of a handshake is adapted to the pool's stickiness. */
async function sendTo(admitted: PoolRequest, node: Node, upstream: UpstreamRequest): Promise<Attempt> {
	const { parsed, table, isolate } = admitted;
	const status = table.nodes[node.index]!;
	let attempt = await send(isolate.config.platform, node, upstream, status.hasSpokenContract);
	let hasOpened = false;
	if (upstream.opensSession) {
		hasOpened = attempt.result === "ok" && mayOpenSession(attempt.response!);
		endHandshake(status, hasOpened, attempt.endedAt);
		// Files of the client bundle, below the Engine.IO path, are passed on as they are.
		if (attempt.result === "ok" && (hasOpened || parsed.isExactPath))
			attempt = await adaptHandshake(admitted, status, attempt);
	}
	recordAttempt(parsed, status, attempt, hasOpened);
	return attempt;
}

/** Records in its node's status what an attempt says about the node. */
function recordAttempt(
	parsed: ParsedRequest,
	status: NodeStatus,
	{ result, endedAt }: Attempt,
	hasOpened = false,
): void {
	if (result === "refused") recordRefusal(status, endedAt);
	else if (isEvidence(parsed, status.node, result))
		recordEvidence(status, { failed: result !== "ok", hasOpened }, endedAt);
}

/** Whether an answer to a handshake may have opened a session: not an error, and not a file of the client bundle. */
function mayOpenSession({ status, headers }: Response): boolean {
	return status < 300 && !/^application\/j/.test(headers.get("content-type") ?? "");
}

/** Adapts a handshake's answer. Some kinds of stickiness read the body, which is part of the attempt and has a deadline too. */
async function adaptHandshake(
	{ parsed, pool, isolate, requestId, clientIp }: PoolRequest,
	status: NodeStatus,
	attempt: Attempt,
): Promise<Attempt> {
	try {
		const adapted = stickyAnswer(pool, status, parsed, attempt.response!);
		const answer = await withDeadline(pool.timeouts.handshake, adapted);
		if (answer instanceof Response) return { ...attempt, response: answer };
		const { fault, found } = answer;
		const entry = faultEntry(fault, pool, status.node, found);
		logLimited(isolate, entry, status.node.id, { id: requestId, clientIp });
		const result = fault === "not_rewritable" ? fault : "refused";
		return { ...attempt, result, found, response: null };
	} catch (error) {
		return { ...attempt, result: failureOf(error), response: null, endedAt: Date.now() };
	}
}
