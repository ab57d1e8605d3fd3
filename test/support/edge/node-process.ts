/** One socket.io node in a process of its own, with options that the cluster's nodes do not have, such as ping times and ids without a tag. */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { attachEdge } from "../../../origin/node/attach.ts";
import { answerOddly } from "./odd-routes.ts";

/** The options, which are the parent's first message. */
export interface EdgeNodeOptions {
	readonly id: string;
	readonly port: number;
	/** Milliseconds. */
	readonly pingInterval: number;
	readonly pingTimeout: number;
	/** `tagged`: by attachEdge. `plain`: Socket.IO's own ids. `foreign`: ids that begin with another tag. */
	readonly ids: "tagged" | "plain" | "foreign";
	readonly secrets: readonly string[];
	readonly limit: number;
	readonly compress: boolean;
	readonly eio3: boolean;
}

/** Messages to the parent: the port on which the node listens; then each closed session, with Engine.IO's reason. */
export type FromEdgeNode = { readonly port: number } | { readonly closed: string; readonly at: number };

process.once("message", (options: EdgeNodeOptions) => start(options));
process.on("disconnect", () => process.exit(0));

/** The application's own refusal, which Engine.IO answers with 403, at once or after a second; or the end of this process. */
function decideAbout(url: string, decide: (error: null, allowed: boolean) => void): void {
	if (/[?&]exit=/.test(url)) process.exit(1);
	if (/[?&]refuse=slowly/.test(url)) setTimeout(decide, 1000, null, false);
	else decide(null, !/[?&]refuse=/.test(url));
}

function start(options: EdgeNodeOptions): void {
	const http = createServer((request, response) => {
		if (request.url === "/who") response.end(JSON.stringify({ node: options.id, headers: request.headers }));
		else if (!answerOddly(request, response)) response.writeHead(404).end();
	});
	http.keepAliveTimeout = 75_000;
	const io = new Server(http, {
		pingInterval: options.pingInterval,
		pingTimeout: options.pingTimeout,
		allowEIO3: options.eio3,
		cors: { origin: true, credentials: true },
		allowRequest: (request, decide) => decideAbout(request.url ?? "", decide),
		...(options.compress ? { httpCompression: { threshold: 0 } } : {}),
	});
	if (options.ids === "tagged")
		attachEdge(io, { node: options.id, servers: [http], secrets: options.secrets, limit: options.limit });
	if (options.ids === "foreign")
		io.engine.generateId = () => `zzz${randomBytes(13).toString("base64url").slice(0, 17)}`;
	io.engine.on("connection", (session: { once(event: string, listener: (reason: string) => void): void }) => {
		session.once("close", (reason) =>
			process.send?.({ closed: reason, at: Date.now() } satisfies FromEdgeNode),
		);
	});
	io.on("connection", (socket) => {
		socket.on("echo", (payload, ack) => ack(payload));
		socket.on("whoami", (ack) =>
			ack({ node: options.id, transport: socket.conn.transport.name, id: socket.id }),
		);
	});
	http.listen(options.port, "127.0.0.1", () => {
		process.send?.({ port: (http.address() as AddressInfo).port } satisfies FromEdgeNode);
	});
}
