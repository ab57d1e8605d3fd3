/** Handles a request before Engine.IO and the application see it: node header, edge-only access, own answers. */
import type { IncomingMessage } from "node:http";
import { HEADERS, type NodeHealth } from "../../worker/contract.ts";
import { type Answer, sendAnswer } from "./answer.ts";
import { markFromEdge, secretVerifier } from "./auth.ts";
import { sendHealth } from "./health.ts";
import { answerUpgrade, type Interceptor } from "./intercept.ts";
import type { AttachPlan } from "./options.ts";

/** What the gate needs from its node. */
export interface GatedNode {
	health(): NodeHealth;
	readonly answers: ReadonlyMap<string, Answer>;
	/** The gate adds the requests that asked for flashsocket. */
	readonly flashRequests: WeakSet<IncomingMessage>;
}

/** Engine.IO's own error format; code 4 is its "Forbidden". */
const FORBIDDEN = JSON.stringify({ code: 4, message: "This node accepts requests from its edge only" });

/** Creates the gate of a node whose Engine.IO path is `socketPath`. */
export function createGate(socketPath: string, plan: AttachPlan, node: GatedNode): Interceptor {
	const isValidSecret = secretVerifier(plan.secrets);
	const admit = (request: IncomingMessage): boolean => {
		renameFlashsocket(request, socketPath, node.flashRequests);
		if (plan.secrets.length === 0) return true;
		const secret = request.headers[HEADERS.auth];
		if (!isValidSecret(typeof secret === "string" ? secret : undefined)) return false;
		markFromEdge(request);
		return true;
	};
	const forbidden = { "content-type": "application/json", [HEADERS.node]: plan.node };
	return {
		request(request, response) {
			if (!isSessionRequest(request, socketPath)) response.setHeader(HEADERS.node, plan.node);
			if (!admit(request)) {
				response.writeHead(403, forbidden).end(FORBIDDEN);
				return true;
			}
			if (request.method !== "GET" && request.method !== "HEAD") return false;
			const path = pathOf(request);
			const answer = node.answers.get(path);
			if (path === plan.healthPath) sendHealth(response, node.health(), request.method === "HEAD");
			else if (answer !== undefined) void sendAnswer(request, response, answer);
			else return false;
			return true;
		},
		upgrade(request, socket) {
			if (admit(request)) return false;
			answerUpgrade(socket, "403 Forbidden", forbidden, FORBIDDEN);
			return true;
		},
	};
}

/**
 * flashsocket is a WebSocket under another name. Engine.IO dropped the name in 1.2.0, so the request goes on
 * as `websocket`, and `flashRequests` remembers it.
 */
function renameFlashsocket(
	request: IncomingMessage,
	socketPath: string,
	flashRequests: WeakSet<IncomingMessage>,
): void {
	const url = request.url ?? "";
	if (!url.startsWith(socketPath)) return;
	const renamed = withoutFlashsocket(url);
	if (renamed === url) return;
	request.url = renamed;
	flashRequests.add(request);
}

/** The URL with `transport=flashsocket` replaced by `transport=websocket`. */
export function withoutFlashsocket(url: string): string {
	return url.replace(/([?&]transport=)flashsocket(?=&|$)/g, "$1websocket");
}

/**
 * Whether the request is a poll or POST of a session. Their answers lack the node's id: they are the most frequent ones,
 * the edge would have to remove it from each, and it knows the node by the session id.
 */
export function isSessionRequest({ url = "" }: IncomingMessage, socketPath: string): boolean {
	return url.startsWith(socketPath) && /[?&]sid=[^&]/.test(url);
}

function pathOf(request: IncomingMessage): string {
	const url = request.url ?? "";
	const query = url.indexOf("?");
	return query === -1 ? url : url.slice(0, query);
}
