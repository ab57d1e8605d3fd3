/** One node: a Socket.IO server on its own port, optionally on another one with TLS, attached to the edge. */
import { createServer, type Server as HttpServer, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import prom from "prom-client";
import { Server } from "socket.io";
import { CommandError } from "../../worker/command-line/command.ts";
import { readPem } from "../../worker/command-line/files.ts";
import { listen } from "../../worker/command-line/listen.ts";
import { serveEvents } from "../demo/events.ts";
import { servePage } from "../demo/page/page.ts";
import { attachEdge, type EdgeAttachment } from "../node/attach.ts";
import type { WebServer } from "../node/intercept.ts";
import { type Link, noLink } from "../node/link.ts";
import { serveMetrics } from "../node/metrics.ts";
import * as limits from "./limits.ts";
import type { NodePlan, NodeTls } from "./plan.ts";

/** A node that listens. */
export interface RunningNode {
	readonly port: number;
	readonly tlsPort: number | null;
	readonly io: Server;
	readonly edge: EdgeAttachment;
	/** Refuses new sessions and closes the live ones gradually; resolves when their recovery data is stored. */
	drain(): Promise<void>;
	/** Closes all sessions and ports without draining. */
	stop(): Promise<void>;
}

const HTTP_OPTIONS: ServerOptions = {
	keepAliveTimeout: limits.KEEP_ALIVE_TIMEOUT_MS,
	headersTimeout: limits.HEADERS_TIMEOUT_MS,
	requestTimeout: limits.REQUEST_TIMEOUT_MS,
};

/** Starts a node that reaches the other nodes through `link`. Throws a `CommandError`. */
export async function startNode(plan: NodePlan, link: Link = noLink()): Promise<RunningNode> {
	const { node, limit, secrets, drain } = plan;
	const web = createServer(HTTP_OPTIONS, (request, response) => servePage(node, request, response));
	const io = createSocketServer(web, link);
	const edge = attachEdge(io, {
		node,
		limit,
		secrets,
		drain,
		report: () => ({ link: { kind: link.kind, up: link.up(), unsaved: link.unsaved() } }),
	});
	serveEvents(io, edge, link);
	serveMetrics(io, edge, prom, link);
	const port = await listen(web, plan.host, plan.port, "--port");
	const secure = plan.tls === null ? null : await createSecureServer(plan.tls, web);
	const tlsPort =
		secure === null || plan.tls === null
			? null
			: await listen(secure, plan.host, plan.tls.port, "--tls-port");
	return {
		port,
		tlsPort,
		io,
		edge,
		async drain() {
			await edge.drain();
			await link.flush();
		},
		async stop() {
			const closed = [io.close(), ...(secure === null ? [] : [close(secure)])];
			// Idle keep-alive connections would delay the close until their timeout.
			web.closeAllConnections();
			secure?.closeAllConnections();
			await Promise.all(closed);
			await link.flush();
			await link.close();
		},
	};
}

function createSocketServer(web: HttpServer, link: Link): Server {
	const io = new Server(web, {
		transports: ["polling", "websocket"],
		connectTimeout: limits.CONNECT_TIMEOUT_MS,
		maxHttpBufferSize: limits.MAX_MESSAGE_BYTES,
		pingInterval: limits.PING_INTERVAL_MS,
		pingTimeout: limits.PING_TIMEOUT_MS,
		// With compression an idle connection takes 257 kB instead of 20 kB.
		perMessageDeflate: false,
		wsEngine: limits.LimitedWebSocketServer,
		// By default a recovered client skips the application's middleware, such as its authentication.
		...(link.recovers && {
			connectionStateRecovery: {
				maxDisconnectionDuration: limits.RECOVERY_WINDOW_MS,
				skipMiddlewares: false,
			},
		}),
		cors: { origin: "*" },
	});
	link.join(io);
	return io;
}

/** A TLS server that hands everything to the listeners of `web`: one Engine.IO server behind two ports. */
async function createSecureServer(tls: NodeTls, web: WebServer): Promise<WebServer> {
	const pair = { cert: await readPem(tls.certFile, "--cert"), key: await readPem(tls.keyFile, "--key") };
	try {
		const secure = createTlsServer({ ...HTTP_OPTIONS, ...pair });
		secure.on("request", (request, response) => web.emit("request", request, response));
		secure.on("upgrade", (request, socket, head) => web.emit("upgrade", request, socket, head));
		return secure;
	} catch (error) {
		const { certFile, keyFile } = tls;
		throw new CommandError(
			`--cert ${certFile} and --key ${keyFile} are not a matching certificate and key in PEM format (${(error as Error).message})`,
		);
	}
}

function close(server: WebServer): Promise<void> {
	return new Promise((resolve) => server.close(() => resolve()));
}
