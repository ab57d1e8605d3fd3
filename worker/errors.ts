/** The edge's own answers. On the Engine.IO path each has CORS headers, since without them a browser reports status 0. */
import { ENGINE_ERRORS, type EngineErrorCode } from "./contract.ts";

/** Every error that the edge answers or logs. worker/README.md lists the same codes; a test compares the two. */
export const ERRORS = {
	EDGE_CONFIG: {
		status: 500,
		message: "The edge's configuration is invalid; its log names the field and the fix.",
	},
	EDGE_INTERNAL: {
		status: 500,
		message: "Internal error; the log lines with this id give the reason.",
	},
	EDGE_HOST: {
		status: 400,
		message: "The Host header is not one host name or address with an optional port.",
	},
	EDGE_METHOD: {
		status: 405,
		message: "The edge forwards only the methods in the Allow header.",
	},
	EDGE_ADDRESS: { status: 403, message: "Requests from this client's address are not admitted here." },
	EDGE_NO_ROUTE: { status: 404, message: "No pool is routed for this host and path." },
	EDGE_PLAIN_UPGRADE: {
		status: 426,
		message: "WebSocket over plain http is refused. Connect with wss:// (https:// in Socket.IO).",
	},
	EDGE_NO_NODE: { status: 503, message: "No node of the pool takes new sessions now. Try again soon." },
	// The message of these two is always that of the fault.
	EDGE_FOREIGN_SID: { status: 503, message: "" },
	EDGE_REWRITE: { status: 502, message: "" },
	EDGE_HANDSHAKE_RATE: {
		status: 503,
		message: "Too many new sessions from this address within a minute.",
	},
	EDGE_BODY_TIMEOUT: { status: 408, message: "The request's body did not arrive in time." },
	EDGE_NODE_FAILED: { status: 502, message: "The node could not be reached or closed the connection." },
	EDGE_NODE_ANSWER: {
		status: 502,
		message: "The node's answer has an invalid status and cannot be forwarded.",
	},
	EDGE_NODE_TIMEOUT: { status: 504, message: "The node did not answer in time." },
	EDGE_TOKEN: {
		status: 401,
		message: "Give the edge's token: as a Bearer token, or as the password of HTTP Basic with any user name.",
	},
	EDGE_TOKEN_RATE: {
		status: 429,
		message: "Too many wrong tokens from this address. Wait a few seconds.",
	},
	EDGE_OPERATOR: {
		status: 403,
		message:
			"A change needs the header x-edge-operator with your name, and must not come from a page of another origin.",
	},
	EDGE_WORD: { status: 400, message: "Invalid change." },
	EDGE_STATE: { status: 503, message: "The Durable Object that stores this is not bound or unavailable." },
	EDGE_NOT_FOUND: { status: 404, message: "Not found." },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** CORS headers for an answer to `origin`; none when the request has no Origin header. */
export function corsHeaders(origin: string | null): Record<string, string> {
	if (origin === null) return {};
	return {
		"access-control-allow-origin": origin,
		"access-control-allow-credentials": "true",
		vary: "origin",
	};
}

/** An error of the Engine.IO protocol, in the form a node would send it. */
export function engineError(code: EngineErrorCode, origin: string | null): Response {
	return errorResponse(code === 4 ? 403 : 400, { code, message: ENGINE_ERRORS[code] }, origin);
}

/** The parts of an error answer that may differ from its row in `ERRORS`. */
export interface ErrorDetails {
	readonly headers?: Readonly<Record<string, string>>;
	readonly message?: string;
	/** The request's id in the log, for errors that only the log explains. */
	readonly id?: string;
}

/** An error of the edge, as JSON `{code, message}`, with `id` where given. */
export function edgeError(code: ErrorCode, origin: string | null, details: ErrorDetails = {}): Response {
	const { status, message } = ERRORS[code];
	const id = details.id === undefined ? {} : { id: details.id };
	return errorResponse(status, { code, message: details.message ?? message, ...id }, origin, details.headers);
}

/** A JSON error with CORS headers and `no-store`. */
export function errorResponse(
	status: number,
	body: { readonly code: number | string; readonly message: string },
	origin: string | null,
	headers: Readonly<Record<string, string>> = {},
): Response {
	return Response.json(body, {
		status,
		headers: { ...corsHeaders(origin), ...headers, "cache-control": "no-store" },
	});
}

/** The edge's own answer to a CORS preflight when no node can give one (Fetch standard, section 3.2). */
export function preflightResponse(origin: string | null, requestHeaders: Headers): Response {
	return new Response(null, {
		status: 204,
		headers: {
			...corsHeaders(origin ?? "*"),
			"access-control-allow-methods": "GET,POST,OPTIONS",
			"access-control-allow-headers": requestHeaders.get("access-control-request-headers") ?? "content-type",
		},
	});
}
