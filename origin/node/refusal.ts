/** Refuses new sessions with 503 and the reason, before the handshake, so that the edge tries another node. */
import { type IncomingMessage, ServerResponse } from "node:http";
import { HEADERS, type Refusal } from "../../worker/contract.ts";
import { answerUpgrade } from "./intercept.ts";

type EngineRequest = IncomingMessage & { readonly _query?: Readonly<Record<string, string>> };

/** Why a node refuses new sessions; null = it accepts them. `limit` 0 = no limit. */
export function refusalReason(isDraining: boolean, sessions: number, limit: number): Refusal | null {
	if (isDraining) return "draining";
	return limit > 0 && sessions >= limit ? "full" : null;
}

/**
 * An Engine.IO middleware that refuses handshakes while `reason` returns one, and counts them in `refusals`.
 * Requests of existing sessions pass. It runs after Engine.IO's CORS middleware, so that a page of another
 * origin can read the response.
 */
export function refuseHandshakes(reason: () => Refusal | null, refusals: Record<Refusal, number>) {
	return (request: EngineRequest, response: unknown, next: () => void): void => {
		const isHandshake = request.method === "GET" && !request._query?.["sid"];
		const refusal = isHandshake ? reason() : null;
		if (refusal === null) {
			next();
			return;
		}
		refusals[refusal] += 1;
		const body = JSON.stringify({ message: `This node accepts no new sessions: ${refusal}` });
		const headers = { [HEADERS.refuse]: refusal, "content-type": "application/json" };
		if (response instanceof ServerResponse) {
			response.writeHead(503, { ...headers, "content-length": Buffer.byteLength(body) });
			response.end(body);
			return;
		}
		// For an upgrade, Engine.IO passes a stand-in response that cannot set a status.
		answerUpgrade(request.socket, "503 Service Unavailable", headers, body);
	};
}
