/** The answers to denied requests, in Engine.IO's form where it has one. */
import type { Pool } from "../config/pool.ts";
import { ENGINE_ERRORS, type EngineErrorCode } from "../contract.ts";
import { ERRORS, type ErrorCode, type ErrorDetails, edgeError, errorResponse } from "../errors.ts";
import type { ParsedRequest } from "../request/url.ts";
import { originFix, shown } from "./origin.ts";

/** Reasons for a denial, as they are counted and logged. */
export const DENIAL_REASONS = [
	"duplicate",
	"method",
	"eio",
	"transport",
	"no_upgrade",
	"unwanted_upgrade",
	"websocket_version",
	"origin",
	"jsonp",
	"body",
	"body_timeout",
	"body_memory",
	"rate",
	"address",
	"private",
	"host",
] as const;
export type DenialReason = (typeof DENIAL_REASONS)[number];

/** A request refused by policy. */
export interface Denial {
	readonly reason: DenialReason;
	/** The Engine.IO error code in the answer; null = an error of the edge. */
	readonly code: EngineErrorCode | null;
	/** What the log tells besides the reason, such as the origin to list: bounded, and of printable ASCII. */
	readonly detail: string | null;
	readonly response: Response;
}

/** Reasons that Engine.IO has an error code for. */
export type EngineDenialReason = Exclude<DenialReason, "rate" | "private" | "host">;

interface Answer {
	readonly status: number;
	readonly code: Exclude<EngineErrorCode, 1>;
	/** The fix, written after the protocol's own message. */
	readonly fix: string;
	readonly headers?: Readonly<Record<string, string>>;
}

const ANSWERS: Readonly<Record<EngineDenialReason, Answer>> = {
	duplicate: { status: 400, code: 3, fix: "sid, transport, EIO or j is ambiguous in the query" },
	method: {
		status: 400,
		code: 3,
		fix: "a handshake and an upgrade are a GET, and a session's other requests are GET or POST",
	},
	eio: { status: 400, code: 5, fix: "" },
	transport: { status: 400, code: 0, fix: "use polling or websocket" },
	no_upgrade: {
		status: 400,
		code: 3,
		fix: "transport=websocket without an Upgrade header; a proxy between the client and this edge removed it",
	},
	unwanted_upgrade: { status: 400, code: 3, fix: "an upgrade needs transport=websocket" },
	websocket_version: {
		status: 426,
		code: 3,
		fix: "only WebSocket version 13 (RFC 6455) is supported",
		headers: { "sec-websocket-version": "13", upgrade: "websocket" },
	},
	origin: { status: 403, code: 4, fix: "" },
	jsonp: {
		status: 403,
		code: 4,
		fix: "JSONP polling (j=…) lets pages of every site read a session; a pool admits it with allow_jsonp",
	},
	body: { status: 413, code: 3, fix: "the body is larger than the pool's max_body" },
	body_timeout: { status: 408, code: 3, fix: "the body did not arrive within the pool's timeouts" },
	address: { status: 403, code: 4, fix: ERRORS.EDGE_ADDRESS.message },
	body_memory: {
		status: 503,
		code: 3,
		fix: "too many bodies are arriving at once, in all or from this address",
	},
};

/** The denial of an Engine.IO request. */
export function deny(
	reason: EngineDenialReason,
	parsed: ParsedRequest,
	{ allowEio3 }: Pick<Pool, "allowEio3">,
): Denial {
	const { origin } = parsed.headers;
	const answer = ANSWERS[reason];
	const code = reason === "method" && parsed.sid === null ? 2 : answer.code;
	const message = `${ENGINE_ERRORS[code]}: ${fixOf(reason, origin, allowEio3)}`;
	const response = errorResponse(answer.status, { code, message }, origin, answer.headers);
	return { reason, code, detail: reason === "origin" ? shown(origin ?? "") : null, response };
}

function fixOf(reason: EngineDenialReason, origin: string | null, allowEio3: boolean): string {
	if (reason === "eio") return eioFix(allowEio3);
	return reason === "origin" ? originFix(origin ?? "") : ANSWERS[reason].fix;
}

/** The denial of a handshake above the rate limit: 503, on which Engine.IO clients back off. They ignore 429 and Retry-After. */
export function denyRate(origin: string | null): Denial {
	return denyAsEdge("rate", "EDGE_HANDSHAKE_RATE", origin);
}

/** The denial of a client by its address, in the form of the request's kind. */
export function denyAddress(parsed: ParsedRequest, pool: Pool): Denial {
	if (parsed.enginePath !== null) return deny("address", parsed, pool);
	return denyAsEdge("address", "EDGE_ADDRESS", parsed.headers.origin);
}

/** The denial of a path that only operators may see: the answer does not tell that it exists. */
export function denyPrivate({ headers: { origin } }: ParsedRequest): Denial {
	return denyAsEdge("private", "EDGE_NOT_FOUND", origin);
}

/** A denial with an error of the edge. */
export function denyAsEdge(
	reason: DenialReason,
	error: ErrorCode,
	origin: string | null,
	details: ErrorDetails = {},
	detail: string | null = null,
): Denial {
	return { reason, code: null, detail, response: edgeError(error, origin, details) };
}

function eioFix(allowEio3: boolean): string {
	return allowEio3
		? "this edge accepts EIO=4 and EIO=3"
		: "this edge accepts EIO=4 (Socket.IO 3 and later); for Socket.IO 2 clients set the pool's allow_eio3";
}
