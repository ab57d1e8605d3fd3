/** Passages as proxy.ts makes them, for what counts and logs them. */
import type { Outcome } from "../../../worker/health/breaker.ts";
import type { Ending, Passage } from "../../../worker/passage.ts";
import type { Pool } from "../../../worker/pool.ts";
import { asked, poolOf } from "./pools.ts";

export const POOL: Pool = poolOf();
export const STARTED = Date.UTC(2026, 10, 23, 12);

const SID = "d0N0123456789abcdefg";
const POLLING = "/socket.io/?EIO=4&transport=polling";
const WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";

/** Requests by what they are. */
export const REQUESTS = {
	handshake: asked("GET", POLLING),
	poll: asked("GET", `${POLLING}&sid=${SID}`),
	post: asked("POST", `${POLLING}&sid=${SID}`),
	websocket: asked("GET", WEBSOCKET, "websocket"),
	upgrade: asked("GET", `${WEBSOCKET}&sid=${SID}`, "websocket"),
	flashsocket: asked("GET", "/socket.io/?EIO=4&transport=flashsocket", "websocket"),
	preflight: asked("OPTIONS", POLLING),
	page: asked("GET", "/page?secret=1"),
} as const;

/** One attempt: the node's place, what came of it, the answer's status, and how many ms it took. */
export type Try = readonly [node: number, outcome: Outcome, status: number, took: number];

/** The passage of a request; the attempts follow each other without a pause, the first 2 ms after the start. */
export function passageOf(
	what: keyof typeof REQUESTS,
	ending: Ending,
	status: number,
	tries: readonly Try[] = [],
	pool: Pool | null = POOL,
): Passage {
	let at = STARTED + 2;
	const attempts = tries.map(([place, outcome, answered, took]) => {
		const sentAt = at;
		at += took;
		const response = answered === 0 ? null : answerOf(answered);
		return { node: POOL.nodes[place]!, outcome, response, sentAt, endedAt: at };
	});
	return {
		asked: REQUESTS[what],
		ending,
		response: answerOf(status),
		status,
		pool,
		attempts,
		startedAt: STARTED,
		denial: null,
	};
}

function answerOf(status: number): Response {
	if (status === 101) return new Response(null, { status, webSocket: new WebSocketPair()[0] });
	return new Response(null, { status });
}
