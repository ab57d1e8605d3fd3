/**
 * What a Socket.IO server calls to stand behind the edge: session ids that name the node, `/healthz`, the
 * node's name on every answer, edge-only access, a session cap, drain, and flashsocket taken for a WebSocket.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Server } from "socket.io";
import { HEADERS, type NodeHealth, type Refusal } from "../worker/contract.ts";
import { type Answer, sendAnswer } from "./answer.ts";
import { markProved, secretCheck } from "./auth.ts";
import { type DrainProgress, drainSessions } from "./drain.ts";
import { asWebSocket } from "./flashsocket.ts";
import { answerUpgrade, type Gate, gateServer } from "./gate.ts";
import { sendHealth } from "./health.ts";
import { type AttachOptions, type AttachPlan, resolveOptions } from "./options.ts";
import { refusal, refuseHandshakes } from "./refusal.ts";
import { countSessions, type SessionCounts } from "./sessions.ts";
import { mintSid } from "./sid.ts";

export type { Answer } from "./answer.ts";
export { clientAddress } from "./auth.ts";
export type { DrainPlan, DrainProgress } from "./drain.ts";
export type { AttachOptions } from "./options.ts";

/** A node that stands behind the edge. */
export interface EdgeAttachment {
	readonly node: string;
	readonly tag: string;
	/** Drawn at this attach, so that a restart shows. */
	readonly boot: string;
	/** What `/healthz` answers now. */
	health(): NodeHealth;
	/** Refuses new sessions from now on, closes the live ones slowly; resolves when none is left. */
	drain(): Promise<void>;
	/** How far the drain is. */
	drainProgress(): DrainProgress;
	/** Counts of sessions, live. */
	readonly sessions: Readonly<SessionCounts>;
	/** Handshakes refused since attach, live. */
	readonly refusals: Readonly<Record<Refusal, number>>;
	/** Answers GET and HEAD of `path`, but not to clients of the edge: for metrics. */
	serve(path: string, answer: Answer): void;
	/** The transport of a session (`socket.conn`) as the edge counts it, flashsocket told from websocket. */
	transportOf(session: { readonly request: IncomingMessage; readonly transport: { name: string } }): string;
}

/**
 * Makes `io` a node of the edge. Call it once, after `io` was attached to its HTTP server. Throws a TypeError
 * when an option is malformed or `io` has no server yet.
 */
export function attachEdge(io: Server, options: AttachOptions): EdgeAttachment {
	const plan = resolveOptions(io, options);
	const boot = randomBytes(9).toString("base64url");
	const flash = new WeakSet<IncomingMessage>();
	const counts = countSessions(io.engine, (request) => flash.has(request));
	let progress: DrainProgress = { state: "idle", closed: 0, dropped: 0 };
	let drained: Promise<void> | undefined;
	const word = () => refusal(drained !== undefined, counts.live.size, plan.limit);
	const health = (): NodeHealth => ({
		...plan.report(),
		schema: 1,
		node: plan.node,
		tag: plan.tag,
		boot,
		state: word() ?? "ready",
		sessions: counts.live.size,
		limit: plan.limit,
		transports: counts.transports,
		opened: counts.opened,
		closed: counts.closed,
	});
	const answers = new Map<string, Answer>();
	const refusals = { draining: 0, full: 0 };
	const gate = edgeGate(io, plan, health, answers, flash);
	for (const server of plan.servers) gateServer(server, gate);
	io.engine.use(refuseHandshakes(word, refusals));
	io.engine.generateId = () => mintSid(plan.tag);
	// Polling answers have the header from the gate; a 101 is written by ws and takes it from here.
	io.engine.on("headers", (headers: Record<string, string>) => {
		headers[HEADERS.node] = plan.node;
	});
	return {
		node: plan.node,
		tag: plan.tag,
		boot,
		health,
		sessions: counts,
		refusals,
		serve: (path, answer) => void answers.set(path, answer),
		drain() {
			drained ??= drainSessions(
				() => [...counts.live],
				plan.drain,
				(now) => {
					progress = now;
				},
			);
			return drained;
		},
		drainProgress: () => progress,
		transportOf: ({ request, transport }) =>
			flash.has(request) && transport.name === "websocket" ? "flashsocket" : transport.name,
	};
}

/** What happens to a request before the application or Engine.IO sees it. */
function edgeGate(
	io: Server,
	plan: AttachPlan,
	health: () => NodeHealth,
	answers: ReadonlyMap<string, Answer>,
	flash: WeakSet<IncomingMessage>,
): Gate {
	const isEdge = secretCheck(plan.secrets);
	const admit = (request: IncomingMessage) => {
		const url = request.url ?? "";
		const mapped = url.startsWith(io.path()) ? asWebSocket(url) : undefined;
		if (mapped !== undefined) {
			request.url = mapped;
			flash.add(request);
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
			const answer = answers.get(path);
			if (path === plan.healthPath) sendHealth(response, health(), request.method === "HEAD");
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
