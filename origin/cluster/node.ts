/** One node: a Socket.IO server on a port of its own (and on another with TLS), attached to the edge. */
import {
	createServer,
	type Server as HttpServer,
	type IncomingMessage,
	type ServerOptions,
	type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import prom from "prom-client";
import { Server } from "socket.io";
import { CommandError } from "../../worker/command-line/command.ts";
import { readPem } from "../../worker/command-line/files.ts";
import { listen } from "../../worker/command-line/listen.ts";
import { serveEvents } from "../demo/events.ts";
import { page } from "../demo/page/page.ts";
import { attachEdge, type EdgeAttachment } from "../node/attach.ts";
import { shareListeners, type WebServer } from "../node/intercept.ts";
import { type Link, noLink } from "../node/link.ts";
import { serveMetrics } from "../node/metrics.ts";
import * as limits from "./limits.ts";
import type { NodeOptions, NodeTls } from "./messages.ts";
import { LimitedWebSocketServer } from "./ws-engine.ts";

/** A node that listens. */
export interface RunningNode {
	readonly port: number;
	readonly tlsPort: number | null;
	readonly io: Server;
	readonly edge: EdgeAttachment;
	/** Refuses new sessions, closes the live ones slowly; resolves when what they need to recover is stored. */
	drain(): Promise<void>;
	/** Closes every session and both ports at once. */
	stop(): Promise<void>;
}

const HTTP_OPTIONS: ServerOptions = {
	keepAliveTimeout: limits.KEEP_ALIVE_TIMEOUT,
	headersTimeout: limits.HEADERS_TIMEOUT,
	requestTimeout: limits.REQUEST_TIMEOUT,
};

/** Starts a node; `link` is its way to the other nodes. Throws a `CommandError`. */
export async function startNode(options: NodeOptions, link: Link = noLink()): Promise<RunningNode> {
	const web = createServer(HTTP_OPTIONS, (request, response) => servePage(options.node, request, response));
	const io = socketServer(web, link);
	const { node, limit, secrets, drain } = options;
	const edge = attachEdge(io, {
		node,
		limit,
		secrets,
		drain,
		report: () => ({ link: { kind: link.kind, up: link.up(), unsaved: link.unsaved() } }),
	});
	serveEvents(io, edge, link);
	serveMetrics(io, edge, prom, link);
	const servers: WebServer[] = [web];
	const port = await listen(web, options.host, options.port, "--port");
	let tlsPort: number | null = null;
	if (options.tls !== null) {
		const secure = await tlsServer(options.tls);
		shareListeners(secure, web);
		servers.push(secure);
		tlsPort = await listen(secure, options.host, options.tls.port, "--tls-port");
	}
	const stop = async () => {
		const closed = Promise.all(servers.slice(1).map(close));
		// Kept-alive connections without a request would hold the close for their whole keep-alive time.
		const done = io.close();
		for (const server of servers) server.closeAllConnections();
		await Promise.all([done, closed]);
		await link.settled();
		await link.close();
	};
	const leave = async () => {
		await edge.drain();
		await link.settled();
	};
	return { port, tlsPort, io, edge, drain: leave, stop };
}

function socketServer(web: HttpServer, link: Link): Server {
	const io = new Server(web, {
		transports: ["polling", "websocket"],
		connectTimeout: limits.CONNECT_TIMEOUT,
		maxHttpBufferSize: limits.MAX_MESSAGE,
		pingInterval: limits.PING_INTERVAL,
		pingTimeout: limits.PING_TIMEOUT,
		// 257 kB instead of 20 kB for each idle connection (origin.md, cost).
		perMessageDeflate: false,
		wsEngine: LimitedWebSocketServer,
		// A client that recovers must not pass the application's own checks unseen (the default skips them).
		...(link.recovers && {
			connectionStateRecovery: {
				maxDisconnectionDuration: limits.RECOVERY_TIME,
				skipMiddlewares: false,
			},
		}),
		cors: { origin: "*" },
	});
	link.join(io);
	return io;
}

async function tlsServer(tls: NodeTls): Promise<WebServer> {
	const pair = { cert: await readPem(tls.certFile, "--cert"), key: await readPem(tls.keyFile, "--key") };
	try {
		return createTlsServer({ ...HTTP_OPTIONS, ...pair });
	} catch (error) {
		const { certFile, keyFile } = tls;
		throw new CommandError(
			`--cert ${certFile} and --key ${keyFile} are not a matching certificate and key in PEM (${(error as Error).message})`,
		);
	}
}

function close(server: WebServer): Promise<void> {
	return new Promise((resolve) => server.close(() => resolve()));
}

function servePage(node: string, request: IncomingMessage, response: ServerResponse): void {
	if (request.url?.split("?")[0] !== "/") {
		response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
		response.end(`Nothing here: node ${node} serves / and /socket.io/.\n`);
		return;
	}
	response.writeHead(200, {
		"content-type": "text/html; charset=utf-8",
		"cache-control": "no-store",
		"content-security-policy":
			"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'",
	});
	response.end(request.method === "HEAD" ? undefined : page(node));
}
