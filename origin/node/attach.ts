/**
 * What a Socket.IO server calls to stand behind the edge: session ids that name the node, `/healthz`, the
 * node's name on every answer, edge-only access, a session cap, drain, and flashsocket taken for a WebSocket.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Server } from "socket.io";
import { HEADERS, type NodeHealth, type Refusal } from "../../worker/contract.ts";
import type { Answer } from "./answer.ts";
import { type DrainProgress, drainSessions } from "./drain.ts";
import { transportName } from "./flashsocket.ts";
import { edgeGate } from "./gate.ts";
import { gateServer } from "./intercept.ts";
import { type AttachOptions, resolveOptions } from "./options.ts";
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
	const gate = edgeGate(io.path(), plan, { health, answers, flash });
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
		transportOf: ({ request, transport }) => transportName(transport.name, flash.has(request)),
	};
}
