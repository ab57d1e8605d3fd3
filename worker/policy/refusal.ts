/** Requests that are refused before they are routed, since no node could answer them safely; and how a refusal reaches its client. */
import { SilenceTimer } from "../deadline.ts";
import type { ParsedRequest } from "../request/url.ts";
import { type Denial, denyAsEdge } from "./denial.ts";
import { shown } from "./origin.ts";

/**
 * The methods that are forwarded: those of the IANA registry which the runtime knows. TRACE and TRACK would return the
 * node secret to the client (RFC 9110 section 9.3.8), and CONNECT asks for a tunnel.
 */
const METHODS =
	"GET, POST, OPTIONS, HEAD, PUT, PATCH, DELETE, QUERY, SEARCH, REPORT, ACL, CHECKOUT, COPY, LOCK, MERGE, MKACTIVITY, MKCOL, MOVE, PROPFIND, PROPPATCH, UNLOCK";
const FORWARDED: ReadonlySet<string> = new Set(METHODS.split(", "));

/** The refusal of a request with an invalid host or method; null = it may be routed. */
export function refuse(parsed: ParsedRequest): Denial | null {
	const { method, upgrade, enginePath, host, hostParts } = parsed;
	const { origin } = parsed.headers;
	if (hostParts === null) return denyAsEdge("host", "EDGE_HOST", origin, {}, shown(host));
	if (!FORWARDED.has(method))
		return denyAsEdge("method", "EDGE_METHOD", origin, { headers: { allow: METHODS } });
	// A WebSocket is opened by a GET (RFC 6455 section 4.1), and the runtime would send the node one, whatever the method.
	if (upgrade && method !== "GET" && enginePath === null) {
		const message = "A WebSocket is opened by a GET.";
		return denyAsEdge("method", "EDGE_METHOD", origin, { message, headers: { allow: "GET" } });
	}
	return null;
}

/** How much of a refused request's body is read, for how long, and the longest pause in it. */
const REST_BYTES = 8 * 2 ** 20;
const REST_MS = 5000;
const REST_IDLE_MS = 1000;

/**
 * Reads and discards the rest of a refused request's body. Many clients read the answer only after they have sent
 * the body. The runtime closes the connection after an answer that did not wait for it, which destroys the
 * answer on its way (RFC 9112 section 9.6). Stops when the client pauses, and at a bound of bytes and time; never rejects.
 */
export async function readRest({ body }: Request): Promise<void> {
	if (body === null || body.locked) return;
	const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
	const timer = new SilenceTimer();
	const endsAt = Date.now() + REST_MS;
	const stop = () => void reader.cancel().catch(() => {});
	try {
		for (let left = REST_BYTES; left > 0; ) {
			timer.allow(Math.min(REST_IDLE_MS, endsAt - Date.now()), stop);
			const { done, value } = await reader.read();
			if (done) return;
			left -= value.byteLength;
		}
		await reader.cancel();
	} catch {
		// The client has left.
	} finally {
		timer.stop();
	}
}
