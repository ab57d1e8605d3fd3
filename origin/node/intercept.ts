/**
 * Stands before everything else that listens on an HTTP server. Engine.IO takes over a server's request
 * listeners in the same way (engine.io `server.attach`), because a listener cannot keep the next from running.
 */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";

/** What may be gated: a server of node:http or node:https. */
export type WebServer = HttpServer | HttpsServer;

/** Looks at each request first; true = answered here, nobody else shall see it. */
export interface Gate {
	request(request: IncomingMessage, response: ServerResponse): boolean;
	upgrade(request: IncomingMessage, socket: Duplex): boolean;
}

/** Puts `gate` before all `request` and `upgrade` listeners that `server` has now. */
export function gateServer(server: WebServer, gate: Gate): void {
	// Kept as bare functions of any arguments: they are only called again, in order, with what they expect.
	const take = (event: string) => {
		const listeners = server.rawListeners(event);
		server.removeAllListeners(event);
		return (...args: unknown[]) => {
			for (const listener of listeners) listener.apply(server, args);
		};
	};
	const onRequest = take("request");
	server.on("request", (request: IncomingMessage, response: ServerResponse) => {
		if (!gate.request(request, response)) onRequest(request, response);
	});
	if (server.listenerCount("upgrade") === 0) return;
	const onUpgrade = take("upgrade");
	server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		if (!gate.upgrade(request, socket)) onUpgrade(request, socket, head);
	});
}

/** Hands all that arrives at `from` to the listeners of `to`: one Engine.IO server behind two ports. */
export function shareListeners(from: WebServer, to: WebServer): void {
	from.on("request", (request, response) => to.emit("request", request, response));
	from.on("upgrade", (request, socket, head) => to.emit("upgrade", request, socket, head));
}

/** Answers an upgrade request with a plain HTTP response and ends its connection. */
export function answerUpgrade(socket: Duplex, status: string, headers: Record<string, string>, body: string) {
	// The peer may be gone already; nobody else listens for the error of a socket that was never upgraded.
	socket.on("error", () => socket.destroy());
	const all = { ...headers, connection: "close", "content-length": String(Buffer.byteLength(body)) };
	const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
	socket.end(`HTTP/1.1 ${status}\r\n${lines.join("")}\r\n${body}`);
}
