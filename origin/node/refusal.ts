/** New sessions refused: 503 with the reason, before the handshake, so that the edge takes another node. */
import { type IncomingMessage, ServerResponse } from "node:http";
import { HEADERS, type Refusal } from "../../worker/contract.ts";
import { answerUpgrade } from "./intercept.ts";

type EngineRequest = IncomingMessage & { readonly _query?: Readonly<Record<string, string>> };

/** Why a node takes no session now; draining outweighs full. `limit` 0 = no cap. */
export function refusal(draining: boolean, sessions: number, limit: number): Refusal | null {
	if (draining) return "draining";
	return limit > 0 && sessions >= limit ? "full" : null;
}

/**
 * An Engine.IO middleware that refuses handshakes while `word` gives a reason. It runs after Engine.IO's own
 * CORS middleware, so a browser on another site may read the answer. Requests with a sid go on. `count` is
 * raised by each refusal.
 */
export function refuseHandshakes(word: () => Refusal | null, count: Record<Refusal, number>) {
	return (request: EngineRequest, response: unknown, next: () => void): void => {
		const reason = request._query?.["sid"] || request.method !== "GET" ? null : word();
		if (reason === null) {
			next();
			return;
		}
		count[reason] += 1;
		const body = JSON.stringify({ message: `This node takes no new session: ${reason}` });
		const headers = { [HEADERS.refuse]: reason, "content-type": "application/json" };
		if (response instanceof ServerResponse) {
			response.writeHead(503, { ...headers, "content-length": Buffer.byteLength(body) });
			response.end(body);
			return;
		}
		// An upgrade: Engine.IO's stand-in for a response has no status; the socket below it has.
		answerUpgrade(request.socket, "503 Service Unavailable", headers, body);
	};
}
