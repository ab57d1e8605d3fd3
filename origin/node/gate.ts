/** What happens to a request before Engine.IO or the application sees it: named, admitted, answered. */
import type { IncomingMessage } from "node:http";
import { HEADERS, type NodeHealth } from "../../worker/contract.ts";
import { type Answer, sendAnswer } from "./answer.ts";
import { markProved, secretCheck } from "./auth.ts";
import { asWebSocket } from "./flashsocket.ts";
import { sendHealth } from "./health.ts";
import { answerUpgrade, type Gate } from "./intercept.ts";
import type { AttachPlan } from "./options.ts";

/** What the gate asks of its node, and where it notes who asked for flashsocket. */
export interface GatedNode {
	health(): NodeHealth;
	readonly answers: ReadonlyMap<string, Answer>;
	readonly flash: WeakSet<IncomingMessage>;
}

/** The gate of a node whose Engine.IO lives below `socketPath`. */
export function edgeGate(socketPath: string, plan: AttachPlan, node: GatedNode): Gate {
	const isEdge = secretCheck(plan.secrets);
	const admit = (request: IncomingMessage) => {
		const url = request.url ?? "";
		const mapped = url.startsWith(socketPath) ? asWebSocket(url) : undefined;
		if (mapped !== undefined) {
			request.url = mapped;
			node.flash.add(request);
		}
		if (plan.secrets.length === 0) return true;
		const given = request.headers[HEADERS.auth];
		if (!isEdge(typeof given === "string" ? given : undefined)) return false;
		markProved(request);
		return true;
	};
	const forbidden = { "content-type": "application/json", [HEADERS.node]: plan.node };
	return {
		request(request, response) {
			response.setHeader(HEADERS.node, plan.node);
			if (!admit(request)) {
				response.writeHead(403, forbidden).end(FORBIDDEN);
				return true;
			}
			if (!isRead(request)) return false;
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

/** Engine.IO's own shape of an error; code 4 is its "Forbidden". */
const FORBIDDEN = JSON.stringify({ code: 4, message: "This node serves its edge only" });

function pathOf(request: IncomingMessage): string {
	const url = request.url ?? "";
	const query = url.indexOf("?");
	return query === -1 ? url : url.slice(0, query);
}

function isRead(request: IncomingMessage): boolean {
	return request.method === "GET" || request.method === "HEAD";
}
