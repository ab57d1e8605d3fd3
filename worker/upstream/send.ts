/** One request to one node: its headers and deadline, sending it, and classifying the answer. */
import type { Node, Pool } from "../config/pool.ts";
import { HEADERS } from "../contract.ts";
import type { ParsedRequest } from "../request/url.ts";

/** A request in the form that is sent to a node, and to the next one after a failure. */
export interface UpstreamRequest {
	readonly method: string;
	/** Path and query. */
	readonly target: string;
	readonly headers: Record<string, string>;
	readonly body: ReadableStream | ArrayBuffer | null;
	/** Milliseconds until the answer's headers. */
	readonly deadlineMs: number;
	/**
	 * Whether it belongs to a session, and so is sent only once. After its deadline the client gets its answer at
	 * once, and the runtime cancels what a finished request has left open. It therefore needs no AbortController,
	 * which costs 2 to 4 % of a polling echo's CPU.
	 */
	readonly isSessionRequest: boolean;
}

/**
 * `ok`: the node answered, whatever the status. `refused`: it works but takes no new session. `unreachable`:
 * it could not be reached or closed the connection. `timeout`: no headers within the deadline. `invalid`: its
 * status cannot be forwarded.
 */
export type AttemptResult = "ok" | "refused" | "unreachable" | "timeout" | "invalid";

/** One request to one node, finished. */
export interface Attempt {
	readonly node: Node;
	readonly result: AttemptResult;
	/** Null when there is nothing to forward. */
	readonly response: Response | null;
	/** Epoch ms: when the request was sent, and when headers came or it failed. */
	readonly sentAt: number;
	readonly endedAt: number;
}

type Platform = "cloudflare" | "workerd";

/** `withDeadline` rejects with this when the time is over. */
export class DeadlineExceeded extends Error {
	override readonly name = "DeadlineExceeded";
}

/**
 * Settles as `work` does, or rejects with `DeadlineExceeded` and aborts `controller` when `work` takes longer than
 * `milliseconds`. The timer is cleared as soon as `work` settles, so it never cuts a WebSocket that was opened in
 * time, as `AbortSignal.timeout` would.
 */
export function withDeadline<T>(
	milliseconds: number,
	work: Promise<T>,
	controller: AbortController | null = null,
): Promise<T> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			reject(new DeadlineExceeded(`no answer within ${milliseconds} ms`));
			controller?.abort();
		}, milliseconds);
		work.then(
			(value) => {
				clearTimeout(timer);
				resolve(value);
			},
			(error: unknown) => {
				clearTimeout(timer);
				reject(error);
			},
		);
	});
}

/** Sends a request and waits for headers. Never throws. */
export async function send(platform: Platform, node: Node, upstream: UpstreamRequest): Promise<Attempt> {
	const sentAt = Date.now();
	const { method, headers, body } = upstream;
	try {
		const controller = upstream.isSessionRequest ? null : new AbortController();
		const signal = controller === null ? null : controller.signal;
		const answer = fetch(node.url + upstream.target, { method, headers, body, redirect: "manual", signal });
		const response = await withDeadline(upstream.deadlineMs, answer, controller);
		const result = resultOf(response, platform);
		return { node, result, response, sentAt, endedAt: Date.now() };
	} catch (error) {
		const result = error instanceof DeadlineExceeded ? "timeout" : "unreachable";
		return { node, result, response: null, sentAt, endedAt: Date.now() };
	}
}

/** Releases an answer that is not forwarded. Errors do not matter: the node may have failed meanwhile. */
export async function discard(response: Response | null): Promise<void> {
	await response?.body?.cancel().catch(() => {});
}

/** The request for the nodes of a pool. `search` is the query they get; an empty `clientIp` or `secret` is not sent. */
export function upstreamRequest(
	parsed: ParsedRequest,
	pool: Pick<Pool, "timeouts">,
	search: string,
	body: UpstreamRequest["body"],
	clientIp: string,
	secret: string,
): UpstreamRequest {
	return {
		method: parsed.method,
		target: parsed.path + search,
		headers: upstreamHeaders(parsed, clientIp, secret),
		body,
		deadlineMs: deadlineOf(pool, parsed),
		isSessionRequest: parsed.sid !== null,
	};
}

/**
 * Adds the edge's own headers to the client's forwardable ones. It changes them in place, since copying is measurable
 * in a poll, and so is each header (more than 1 %). A session's polls and POSTs therefore get only the headers that a
 * proxy on the way may use; their node got host and client address at the handshake.
 */
export function upstreamHeaders(
	parsed: ParsedRequest,
	clientIp: string,
	secret: string,
): Record<string, string> {
	const headers = parsed.headers.forwardable;
	headers["x-forwarded-proto"] = parsed.secure ? "https" : "http";
	if (clientIp !== "") headers["x-forwarded-for"] = clientIp;
	if (secret !== "") headers[HEADERS.auth] = secret;
	if (parsed.sid !== null && !parsed.upgrade) return headers;
	headers["x-forwarded-host"] = parsed.host;
	if (clientIp !== "") headers[HEADERS.clientIp] = clientIp;
	return headers;
}

/** Milliseconds until the answer's headers. A node may hold a poll for pingInterval + pingTimeout, so `poll` is longer. */
export function deadlineOf({ timeouts }: Pick<Pool, "timeouts">, parsed: ParsedRequest): number {
	if (parsed.upgrade) return timeouts.handshake;
	if (parsed.enginePath === null) return timeouts.http;
	if (parsed.sid === null) return timeouts.handshake;
	return parsed.method === "POST" ? timeouts.post : timeouts.poll;
}

/** Cloudflare's status for an origin that accepted the connection and then did not answer. */
const STATUS_ORIGIN_TIMEOUT = 524;

/** Classifies an answer. On Cloudflare a 52x without the node's own header comes from Cloudflare, not from the node. */
export function resultOf({ status, headers }: Response, platform: Platform): AttemptResult {
	if (status === 503 && headers.has(HEADERS.refuse)) return "refused";
	// The Response constructor and clients accept no other status (RFC 9110 section 15).
	if (status > 599 || (status < 200 && status !== 101)) return "invalid";
	if (platform === "workerd" || !isCloudflareError(status) || headers.has(HEADERS.node)) return "ok";
	return status === STATUS_ORIGIN_TIMEOUT ? "timeout" : "unreachable";
}

/** Statuses that Cloudflare answers for an origin it cannot reach. */
function isCloudflareError(status: number): boolean {
	return (status >= 520 && status <= 527) || status === 530;
}

/**
 * Whether another node may be tried: only where a second attempt cannot repeat a side effect. That holds for handshakes,
 * and for GET and HEAD outside Engine.IO that did not reach the application; never for a request with a sid.
 */
export function mayRetry(parsed: ParsedRequest, result: AttemptResult): boolean {
	if (result === "ok" || parsed.sid !== null) return false;
	if (parsed.enginePath !== null) return parsed.method === "GET" || parsed.method === "OPTIONS";
	if (result === "invalid" || (parsed.method !== "GET" && parsed.method !== "HEAD")) return false;
	return result !== "timeout" || parsed.upgrade;
}
