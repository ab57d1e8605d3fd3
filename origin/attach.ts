/**
 * What a Socket.IO server calls to stand behind the edge: session ids that name the node, `/healthz`, the
 * node's name on every answer, flashsocket taken for a WebSocket, and counts of its sessions.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "socket.io";
import { DEFAULT_HEALTH_PATH, HEADERS, NODE_ID, type NodeHealth, TAG, tagOf } from "../worker/contract.ts";
import { asWebSocket } from "./flashsocket.ts";
import { gateServer, type WebServer } from "./gate.ts";
import { sendHealth } from "./health.ts";
import { countSessions, liveSessions } from "./sessions.ts";
import { mintSid } from "./sid.ts";

/** What the application says of its node. */
export interface AttachOptions {
	/** The node's id, as the edge's config names it. */
	readonly node: string;
	/** @default the fixed hash of the id */
	readonly tag?: string | undefined;
	/** @default the server that `io` is attached to */
	readonly servers?: readonly WebServer[] | undefined;
	/** @default "/healthz" */
	readonly healthPath?: string | undefined;
}

/** A node that stands behind the edge. */
export interface EdgeAttachment {
	readonly node: string;
	readonly tag: string;
	/** Drawn at this attach, so that a restart shows. */
	readonly boot: string;
	/** What `/healthz` answers now. */
	health(): NodeHealth;
	/** The transport of a session as the edge counts it, flashsocket told from websocket. */
	transportOf(session: { readonly request: IncomingMessage; readonly transport: { name: string } }): string;
}

/**
 * Makes `io` a node of the edge. Call it once, after `io` was attached to its HTTP server. Throws when an
 * option is malformed or `io` has no server yet.
 */
export function attachEdge(io: Server, options: AttachOptions): EdgeAttachment {
	const { node, tag, servers, healthPath } = resolve(io, options);
	const boot = randomBytes(9).toString("base64url");
	const flash = new WeakSet<IncomingMessage>();
	const counts = countSessions(io.engine, (request) => flash.has(request));
	const health = (): NodeHealth => ({
		schema: 1,
		node,
		tag,
		boot,
		state: "ready",
		sessions: liveSessions(counts),
		limit: 0,
		transports: counts.transports,
		opened: counts.opened,
		closed: counts.closed,
	});
	const nameTransport = (request: IncomingMessage) => {
		const url = asWebSocket(request.url ?? "");
		if (url === undefined || !request.url?.startsWith(io.path())) return;
		request.url = url;
		flash.add(request);
	};
	const gate = {
		request(request: IncomingMessage, response: ServerResponse): boolean {
			response.setHeader(HEADERS.node, node);
			nameTransport(request);
			if (pathOf(request) !== healthPath || !isRead(request)) return false;
			sendHealth(response, health(), request.method === "HEAD");
			return true;
		},
		upgrade(request: IncomingMessage): boolean {
			nameTransport(request);
			return false;
		},
	};
	for (const server of servers) gateServer(server, gate);
	io.engine.generateId = () => mintSid(tag);
	// Polling answers have the header from the gate; a 101 is written by ws and takes it from here.
	io.engine.on("headers", (headers: Record<string, string>) => {
		headers[HEADERS.node] = node;
	});
	return {
		node,
		tag,
		boot,
		health,
		transportOf: (session) =>
			flash.has(session.request) && session.transport.name === "websocket"
				? "flashsocket"
				: session.transport.name,
	};
}

function resolve(io: Server, options: AttachOptions) {
	const { node, tag = tagOf(node), servers = [io.httpServer], healthPath = DEFAULT_HEALTH_PATH } = options;
	if (!NODE_ID.test(node))
		throw new TypeError(
			`attachEdge: node ${JSON.stringify(node)} is no node id: give 1 to 64 letters, digits, dots, dashes or underscores, the first a letter or digit`,
		);
	if (!TAG.test(tag))
		throw new TypeError(
			`attachEdge: tag ${JSON.stringify(tag)} is not three characters of A-Z a-z 0-9 - _: give such, or leave it out`,
		);
	if (!healthPath.startsWith("/"))
		throw new TypeError(`attachEdge: healthPath ${JSON.stringify(healthPath)} must begin with a slash`);
	if (io.engine === undefined || servers.some((server) => server === undefined))
		throw new TypeError(
			"attachEdge: io has no HTTP server yet: call it after new Server(httpServer) or io.attach(httpServer)",
		);
	return { node, tag, servers: servers as readonly WebServer[], healthPath };
}

function pathOf(request: IncomingMessage): string {
	const url = request.url ?? "";
	const query = url.indexOf("?");
	return query === -1 ? url : url.slice(0, query);
}

function isRead(request: IncomingMessage): boolean {
	return request.method === "GET" || request.method === "HEAD";
}
