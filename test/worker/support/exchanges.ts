/** Exchanges like those of the pipeline, for tests of counting and logging. */
import type { Pool } from "../../../worker/config/pool.ts";
import type { Exchange, Outcome } from "../../../worker/stats/exchange.ts";
import type { AttemptResult } from "../../../worker/upstream/send.ts";
import { parsed, poolOf } from "./pools.ts";

export const POOL: Pool = poolOf();
export const STARTED = Date.UTC(2026, 10, 23, 12);

const SID = "d0N0123456789abcdefg";
const POLLING = "/socket.io/?EIO=4&transport=polling";
const WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";

/** One request of each kind. */
export const REQUESTS = {
	handshake: parsed("GET", POLLING),
	poll: parsed("GET", `${POLLING}&sid=${SID}`),
	post: parsed("POST", `${POLLING}&sid=${SID}`),
	websocket: parsed("GET", WEBSOCKET, "websocket"),
	upgrade: parsed("GET", `${WEBSOCKET}&sid=${SID}`, "websocket"),
	flashsocket: parsed("GET", "/socket.io/?EIO=4&transport=flashsocket", "websocket"),
	preflight: parsed("OPTIONS", POLLING),
	page: parsed("GET", "/page?secret=1"),
} as const;

/** One attempt: the node's index, the result, the answer's status, and the milliseconds it took. */
export type Try = readonly [node: number, result: AttemptResult, status: number, tookMs: number];

/** An exchange. The first attempt starts 2 ms after the request, and each further one when the last ended. */
export function exchangeOf(
	kind: keyof typeof REQUESTS,
	outcome: Outcome,
	status: number,
	tries: readonly Try[] = [],
	pool: Pool | null = POOL,
): Exchange {
	let at = STARTED + 2;
	const attempts = tries.map(([index, result, answered, tookMs]) => {
		const sentAt = at;
		at += tookMs;
		const response = answered === 0 ? null : answerOf(answered);
		return { node: POOL.nodes[index]!, result, response, sentAt, endedAt: at };
	});
	return {
		parsed: REQUESTS[kind],
		clientIp: "192.0.2.1",
		outcome,
		response: answerOf(status),
		status,
		pool,
		attempts,
		startedAt: STARTED,
		denial: null,
		id: null,
	};
}

function answerOf(status: number): Response {
	if (status === 101) return new Response(null, { status, webSocket: new WebSocketPair()[0] });
	return new Response(null, { status });
}
