/**
 * Sees the requests of an HTTP server before its other listeners. A listener cannot stop the next one from
 * running, so the existing listeners are replaced, as Engine.IO does it (engine.io `server.attach`).
 */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";

/** A server of node:http or node:https. */
export type WebServer = HttpServer | HttpsServer;

/** Sees each request first. Returns true if it answered; the other listeners then do not see the request. */
export interface Interceptor {
	request(request: IncomingMessage, response: ServerResponse): boolean;
	upgrade(request: IncomingMessage, socket: Duplex): boolean;
}

/** Puts `interceptor` before the `request` and `upgrade` listeners that `server` has now. */
export function interceptServer(server: WebServer, interceptor: Interceptor): void {
	const passOnRequest = takeListeners(server, "request");
	server.on("request", (request: IncomingMessage, response: ServerResponse) => {
		if (!interceptor.request(request, response)) passOnRequest(request, response);
	});
	// An upgrade listener of ours alone would keep Node from treating the request as an ordinary one.
	if (server.listenerCount("upgrade") === 0) return;
	const passOnUpgrade = takeListeners(server, "upgrade");
	server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		if (!interceptor.upgrade(request, socket)) passOnUpgrade(request, socket, head);
	});
}

/** Removes the listeners of `event`; the function returned calls them, in order. */
function takeListeners(server: WebServer, event: string): (...args: unknown[]) => void {
	const listeners = server.rawListeners(event);
	server.removeAllListeners(event);
	return (...args) => {
		for (const listener of listeners) listener.apply(server, args);
	};
}

/** Answers an upgrade request with an ordinary HTTP response and closes its connection. */
export function answerUpgrade(
	socket: Duplex,
	status: string,
	headers: Readonly<Record<string, string>>,
	body: string,
): void {
	// Node attaches no error listener to the socket of an upgrade request; a client that left would end the process.
	socket.on("error", () => socket.destroy());
	const all = { ...headers, connection: "close", "content-length": String(Buffer.byteLength(body)) };
	const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
	socket.end(`HTTP/1.1 ${status}\r\n${lines.join("")}\r\n${body}`);
}
