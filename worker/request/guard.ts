/** What is refused before any node is troubled. Engine.IO requests only: static client bundles are exempt. */
import { cors } from "../answers.ts";
import { ENGINE_ERRORS } from "../contract.ts";
import type { Pool } from "../pool.ts";
import type { Carried } from "./carried.ts";
import type { Asked } from "./classify.ts";
import type { Denial, DenialReason } from "./denial.ts";
import { originAllowed } from "./origin-check.ts";

/** What the guard reads of the headers. */
type Read = Pick<Carried, "origin" | "websocketVersion" | "contentLength">;

/** The handshake rate is judged apart: it needs the client's address and a count. */
type Refusal = Exclude<DenialReason, "rate">;

type Limits = Pick<Pool, "allowEio3" | "origins" | "maxBody">;

/** The refusal, with CORS and in Engine.IO's own shape; null = let it pass. */
export function guard(asked: Asked, carried: Read, pool: Pool): Denial | null {
	if (asked.engine === null) return null;
	const reason = judge(asked, carried, pool);
	return reason === null ? null : deny(reason, asked, carried.origin, pool);
}

/**
 * Why an Engine.IO request is refused; null = it is not. A preflight only asks, so it passes: were it
 * refused, a browser would hide the reason that the request itself is given.
 */
export function judge(asked: Asked, carried: Read, pool: Limits): Refusal | null {
	if (asked.method === "OPTIONS") return null;
	if (asked.duplicate !== null) return "duplicate";
	if (asked.method !== "GET" && (asked.method !== "POST" || asked.sid === null)) return "method";
	// Engine.IO takes all but "4" for protocol 3, a missing EIO too.
	if (asked.eio !== "4" && !(pool.allowEio3 && (asked.eio === "3" || asked.eio === null))) return "eio";
	const transport = judgeTransport(asked, carried);
	if (transport !== null) return transport;
	if (!originAllowed(carried.origin, asked, pool.origins)) return "origin";
	if (asked.method !== "POST" || carried.contentLength === null) return null;
	return Number(carried.contentLength) > pool.maxBody ? "body" : null;
}

function judgeTransport(asked: Asked, carried: Read): Refusal | null {
	const { transport, upgrade } = asked;
	if (transport !== "polling" && transport !== "websocket" && transport !== "flashsocket") return "transport";
	if (transport === "polling") return upgrade ? "unwanted_upgrade" : null;
	if (!upgrade) return "no_upgrade";
	return carried.websocketVersion === "13" ? null : "websocket_version";
}

interface Answer {
	readonly status: number;
	readonly code: 0 | 2 | 3 | 4 | 5;
	/** What to do about it, after the protocol's own words. */
	readonly hint: string;
	readonly headers?: Record<string, string>;
}

const ANSWERS: Readonly<Record<Refusal, Answer>> = {
	duplicate: { status: 400, code: 3, hint: "sid, transport or EIO stands more than once in the query" },
	method: { status: 400, code: 3, hint: "a session takes GET and POST" },
	eio: { status: 400, code: 5, hint: "" },
	transport: { status: 400, code: 0, hint: "use polling or websocket" },
	no_upgrade: {
		status: 400,
		code: 3,
		hint: "transport=websocket came without an Upgrade header; a proxy between the client and this edge took it away",
	},
	unwanted_upgrade: { status: 400, code: 3, hint: "an upgrade needs transport=websocket" },
	websocket_version: {
		status: 426,
		code: 3,
		hint: "only WebSocket version 13 (RFC 6455) is spoken here",
		headers: { "sec-websocket-version": "13", upgrade: "websocket" },
	},
	origin: {
		status: 403,
		code: 4,
		hint: "this page's origin may not connect here; it can be listed in the pool's origins",
	},
	body: { status: 413, code: 3, hint: "the body is larger than the pool's max_body" },
};

/** The answer to a refused request. */
export function deny(reason: Refusal, asked: Asked, origin: string | null, pool: Limits): Denial {
	const { status, headers, ...rest } = ANSWERS[reason];
	const code = reason === "method" && asked.sid === null ? 2 : rest.code;
	const hint = reason === "eio" ? eioHint(pool.allowEio3) : rest.hint;
	const message = `${ENGINE_ERRORS[code]}: ${hint}`;
	const response = Response.json(
		{ code, message },
		{ status, headers: { ...cors(origin), ...headers, "cache-control": "no-store" } },
	);
	return { reason, code, response };
}

function eioHint(allowEio3: boolean): string {
	return allowEio3
		? "this edge takes EIO=4 and EIO=3"
		: "this edge takes EIO=4 (Socket.IO 3 and later); for Socket.IO 2 clients set the pool's allow_eio3";
}
