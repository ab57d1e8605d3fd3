/**
 * The one call that puts a Socket.IO server behind the edge: session ids that name the node, `/healthz`, the
 * node's id on every response, edge-only access, a session limit, draining, and flashsocket as a WebSocket.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Server } from "socket.io";
import { HEADERS, type NodeHealth, type Refusal } from "../../worker/contract.ts";
import type { Answer } from "./answer.ts";
import { type DrainProgress, drainSessions } from "./drain.ts";
import { createGate, isSessionRequest } from "./gate.ts";
import { nodeHealth } from "./health.ts";
import { interceptServer } from "./intercept.ts";
import { type AttachOptions, resolveOptions } from "./options.ts";
import { refusalReason, refuseHandshakes } from "./refusal.ts";
import { countSessions, mintSid, type SessionCounts, transportName } from "./sessions.ts";

export type { Answer } from "./answer.ts";
export { clientAddress } from "./auth.ts";
export type { DrainPlan, DrainProgress } from "./drain.ts";
export type { AttachOptions } from "./options.ts";

/** A node behind the edge. */
export interface EdgeAttachment {
	readonly node: string;
	readonly tag: string;
	/** Random, drawn by this call: a different value means that the node restarted. */
	readonly boot: string;
	/** The current `/healthz` answer. */
	health(): NodeHealth;
	/** Refuses new sessions from now on and closes the live ones gradually; resolves when none is left. */
	drain(): Promise<void>;
	/** How far the drain has come. */
	drainProgress(): DrainProgress;
	/** Session counts, live. */
	readonly sessions: Readonly<SessionCounts>;
	/** Handshakes refused since the call, live. */
	readonly refusals: Readonly<Record<Refusal, number>>;
	/** Serves `answer` at `path` for GET and HEAD, but not to clients of the edge. Meant for metrics. */
	serve(path: string, answer: Answer): void;
	/** The transport of a session (`socket.conn`) as the edge counts it: flashsocket apart from websocket. */
	transportOf(session: { readonly request: IncomingMessage; readonly transport: { name: string } }): string;
}

/**
 * Makes `io` a node of the edge. Call it once, after `io` was attached to its HTTP server. Throws a TypeError
 * if an option is invalid or `io` has no server yet.
 */
export function attachEdge(io: Server, options: AttachOptions): EdgeAttachment {
	const plan = resolveOptions(io, options);
	const boot = randomBytes(9).toString("base64url");
	const flashRequests = new WeakSet<IncomingMessage>();
	const sessions = countSessions(io.engine, (request) => flashRequests.has(request));
	let progress: DrainProgress = { state: "idle", closed: 0, dropped: 0 };
	let drained: Promise<void> | undefined;
	const refusal = () => refusalReason(drained !== undefined, sessions.live.size, plan.limit);
	const health = () => nodeHealth(plan, boot, refusal(), sessions);
	const answers = new Map<string, Answer>();
	const refusals = { draining: 0, full: 0 };
	const gate = createGate(io.path(), plan, { health, answers, flashRequests });
	for (const server of plan.servers) interceptServer(server, gate);
	io.engine.use(refuseHandshakes(refusal, refusals));
	io.engine.generateId = () => mintSid(plan.tag);
	// The gate sets the header on ordinary responses; ws writes the 101 itself and takes the header from here.
	io.engine.on("headers", (headers: Record<string, string>, request: IncomingMessage) => {
		if (request.headers.upgrade !== undefined || !isSessionRequest(request, io.path()))
			headers[HEADERS.node] = plan.node;
	});
	return {
		node: plan.node,
		tag: plan.tag,
		boot,
		health,
		sessions,
		refusals,
		serve: (path, answer) => void answers.set(path, answer),
		drain() {
			drained ??= drainSessions(
				() => [...sessions.live],
				plan.drain,
				(current) => {
					progress = current;
				},
			);
			return drained;
		},
		drainProgress: () => progress,
		transportOf: ({ request, transport }) => transportName(transport.name, flashRequests.has(request)),
	};
}
