/** One request to one node: its headers and deadline, sending it, and classifying the answer. */
import { hostText } from "../config/hosts.ts";
import type { Node, Pool } from "../config/pool.ts";
import { HEADERS } from "../contract.ts";
import { DeadlineExceeded, type SilenceTimer, withDeadline } from "../deadline.ts";
import { isHandshake, type ParsedRequest } from "../request/url.ts";
import { ClientIdle, Upload } from "./upload.ts";

/** A request in the form that is sent to a node, and to the next one after a failure. */
export interface UpstreamRequest {
	readonly method: string;
	/** Path and query. */
	readonly target: string;
	readonly headers: Record<string, string>;
	/** A body that was read, or one that is still arriving; an `Upload` tells whose turn it is. */
	readonly body: ArrayBuffer | ReadableStream | Upload | null;
	/** Milliseconds in which the node may be silent. Only a body that is passed on as it arrives, other than an `Upload`, counts in them. */
	readonly deadlineMs: number;
	/** Whether it opens an Engine.IO session. */
	readonly opensSession: boolean;
	/**
	 * Whether it belongs to a session, and so is sent only once. After its deadline the client gets its answer at
	 * once, and the runtime cancels what a finished request has left open. It therefore needs no AbortController,
	 * whose cost is measurable in a polling echo.
	 */
	readonly isSessionRequest: boolean;
}

/**
 * `ok`: the node answered, whatever the status. `refused`: it works but takes no new session. `unreachable`:
 * it could not be reached or closed the connection. `unavailable`: 502, 503 or 504 by a proxy before the node, or
 * for a handshake. `timeout`: no headers within the deadline. `client_idle`: the client stopped sending the
 * body. `invalid`: the node's status cannot be forwarded. `not_rewritable`: with `rewrite`, the edge cannot insert its tag
 * into the node's answer to a handshake.
 */
export type AttemptResult =
	| "ok"
	| "refused"
	| "unreachable"
	| "unavailable"
	| "timeout"
	| "client_idle"
	| "invalid"
	| "not_rewritable";

/** One request to one node, finished. */
export interface Attempt {
	readonly node: Node;
	readonly result: AttemptResult;
	/** Null when there is nothing to forward. */
	readonly response: Response | null;
	/** Epoch ms: when the request was sent, and when headers came or it failed. */
	readonly sentAt: number;
	readonly endedAt: number;
	/** What a `not_rewritable` answer was. */
	readonly found?: string;
}

type Platform = "cloudflare" | "workerd";

/**
 * Sends a request and waits for headers. `speaksContract`: the node has answered health checks with its own id. Never
 * rejects. It is not an async function, since each of those costs CPU time in every poll.
 */
export function send(
	platform: Platform,
	node: Node,
	upstream: UpstreamRequest,
	speaksContract: boolean,
	timer?: SilenceTimer,
): Promise<Attempt> {
	const sentAt = Date.now();
	const { method, headers, body, deadlineMs } = upstream;
	const controller = upstream.isSessionRequest ? null : new AbortController();
	const upload = body instanceof Upload ? body : null;
	const answer = fetch(node.url + upstream.target, {
		method,
		headers,
		body: body instanceof Upload ? body.stream : body,
		redirect: "manual",
		signal: controller?.signal ?? null,
	});
	const inTime =
		upload === null
			? withDeadline(deadlineMs, answer, controller, timer)
			: upload.untilAnswer(answer, deadlineMs, controller!);
	const end = (result: AttemptResult, response: Response | null): Attempt => {
		return { node, result, response, sentAt, endedAt: Date.now() };
	};
	return inTime.then(
		(response) => end(resultOf(response, platform, speaksContract, upstream.opensSession), response),
		(error: unknown) => end(failureOf(error), null),
	);
}

/** What a rejected fetch means. The runtime has one error for refused, dropped and reset connections. */
export function failureOf(error: unknown): "timeout" | "client_idle" | "unreachable" {
	if (error instanceof DeadlineExceeded) return "timeout";
	return error instanceof ClientIdle ? "client_idle" : "unreachable";
}

/** Releases an answer that is not forwarded. Errors do not matter: the node may have failed meanwhile. */
export async function discard(response: Response | null): Promise<void> {
	await response?.body?.cancel().catch(() => {});
}

/** What the edge adds to a request; an empty text is not sent. */
export interface EdgeHeaders {
	readonly clientIp: string;
	readonly secret: string;
	/** Only for handshakes and requests outside Engine.IO. */
	readonly requestId: string;
}

/** The request for the nodes of a pool. `search` is the query they get. */
export function upstreamRequest(
	parsed: ParsedRequest,
	pool: Pick<Pool, "timeouts">,
	search: string,
	body: UpstreamRequest["body"],
	added: EdgeHeaders,
): UpstreamRequest {
	return {
		method: parsed.method,
		target: parsed.path + search,
		headers: upstreamHeaders(parsed, added),
		body,
		deadlineMs: deadlineOf(pool, parsed),
		opensSession: isHandshake(parsed),
		isSessionRequest: parsed.enginePath !== null && parsed.sid !== null,
	};
}

/**
 * Adds the edge's headers to the client's, in place, since copying is measurable in a poll, and so is each header. A
 * session's polls and POSTs therefore get only what a proxy on the way may use; the node got host and client address
 * at the handshake. Requests with an Origin also get X-Forwarded-Host, written as an Origin is (without a default
 * port), since python-engineio compares the two as text.
 */
export function upstreamHeaders(
	parsed: ParsedRequest,
	{ clientIp, secret, requestId }: EdgeHeaders,
): Record<string, string> {
	const headers = parsed.headers.forwardable;
	const scheme = parsed.secure ? "https" : "http";
	headers["x-forwarded-proto"] = scheme;
	if (clientIp !== "") headers["x-forwarded-for"] = clientIp;
	if (secret !== "") headers[HEADERS.auth] = secret;
	const isPollOrPost = parsed.sid !== null && !parsed.upgrade;
	const isCompared = parsed.headers.origin !== null && parsed.enginePath !== null;
	if (isCompared) headers["x-forwarded-host"] = hostText(parsed.hostParts!, scheme);
	else if (!isPollOrPost) headers["x-forwarded-host"] = parsed.host;
	if (isPollOrPost) return headers;
	if (clientIp !== "") headers[HEADERS.clientIp] = clientIp;
	if (requestId !== "") headers[HEADERS.requestId] = requestId;
	return headers;
}

/** Milliseconds until the answer's headers. A node holds an idle poll for its pingInterval, so `poll` must be longer. */
export function deadlineOf({ timeouts }: Pick<Pool, "timeouts">, parsed: ParsedRequest): number {
	if (parsed.upgrade) return timeouts.handshake;
	if (parsed.enginePath === null) return timeouts.http;
	if (parsed.sid === null) return timeouts.handshake;
	return parsed.method === "POST" ? timeouts.post : timeouts.poll;
}

/** Cloudflare's status for an origin that accepted the connection and then did not answer. */
const STATUS_ORIGIN_TIMEOUT = 524;

/**
 * Classifies an answer. A 502, 503 or 504 without the node's own header comes from a proxy or tunnel before a node that
 * otherwise sends it; on Cloudflare a 52x does too. To a handshake each of them means that no session was opened.
 */
export function resultOf(
	{ status, headers }: Response,
	platform: Platform,
	speaksContract: boolean,
	opensSession: boolean,
): AttemptResult {
	if (status < 400 && status >= 200) return "ok";
	if (status === 503 && headers.has(HEADERS.refuse)) return "refused";
	// The Response constructor and clients accept no other status (RFC 9110 section 15).
	if (status > 599 || (status < 200 && status !== 101)) return "invalid";
	if (status >= 502 && status <= 504) {
		if (opensSession) return "unavailable";
		return speaksContract && !headers.has(HEADERS.node) ? "unavailable" : "ok";
	}
	if (platform === "workerd" || !isCloudflareError(status) || headers.has(HEADERS.node)) return "ok";
	return status === STATUS_ORIGIN_TIMEOUT ? "timeout" : "unreachable";
}

/** Statuses that Cloudflare answers for an origin it cannot reach. */
function isCloudflareError(status: number): boolean {
	return (status >= 520 && status <= 527) || status === 530;
}

/** The further nodes that one request may be sent to after a failure. */
const MAX_HANDSHAKE_RETRIES = 2;
const MAX_OTHER_RETRIES = 1;

/**
 * Whether another node may be tried after these attempts: only where a second attempt cannot repeat a side
 * effect, and only so often that a request which crashes its node cannot crash them all. That holds for handshakes,
 * and for GET and HEAD outside Engine.IO that did not reach the application; never for a request with a sid.
 */
export function mayRetry(
	{ method, enginePath, sid, upgrade }: ParsedRequest,
	attempts: readonly Pick<Attempt, "result">[],
): boolean {
	const last = attempts.at(-1)?.result;
	if (last === "ok" || last === "client_idle" || sid !== null) return false;
	if (enginePath !== null && method === "GET") {
		// These nodes may have opened a session, or the handshake may have crashed them.
		const risky = attempts.filter(({ result }) => result === "unreachable" || result === "not_rewritable");
		return risky.length <= MAX_OTHER_RETRIES && attempts.length <= MAX_HANDSHAKE_RETRIES;
	}
	if (attempts.length > MAX_OTHER_RETRIES) return false;
	if (enginePath !== null) return method === "OPTIONS";
	return (method === "GET" || method === "HEAD") && last !== "invalid" && (last !== "timeout" || upgrade);
}

/**
 * Whether an attempt says something about its node. Only requests count that a client cannot make fail at a healthy
 * node: handshakes, and session requests without a body whose sid carries the node's tag, at the exact Engine.IO
 * path. A held poll that exceeds its deadline says nothing, since the application decides when it answers; nor does its
 * 503, which may be the application's own. Neither does an answer that cannot be rewritten: a client may cause it, for
 * example a login page by its cookies.
 */
export function isEvidence(
	{ method, isExactPath, sid }: ParsedRequest,
	node: Node,
	result: AttemptResult,
): boolean {
	if (method !== "GET" || !isExactPath || result === "not_rewritable") return false;
	return sid === null || (sid.startsWith(node.tag) && (result === "ok" || result === "unreachable"));
}
