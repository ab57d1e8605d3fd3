/** A real Socket.IO server in this process, as the target of the k6 scripts. */
import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "socket.io";
import { attachEdge } from "../../../origin/node/attach.ts";

export interface K6Target extends AsyncDisposable {
	/** Origin without a trailing slash. */
	readonly url: string;
	readonly io: Server;
	/** The transport of every session, in the order of opening. */
	readonly transports: string[];
}

export interface K6TargetOptions {
	/** Milliseconds before `echo` is acknowledged. */
	readonly delay?: number;
	readonly tls?: { key: string; cert: string };
	readonly pingInterval?: number;
	readonly pingTimeout?: number;
	/** Additional set-up for each connection. */
	readonly serve?: (socket: Socket) => void;
}

/** Starts a target on a free port of 127.0.0.1. */
export async function startK6Target(options: K6TargetOptions = {}): Promise<K6Target> {
	const { delay = 0, tls, pingInterval = 25_000, pingTimeout = 20_000, serve } = options;
	const http: HttpServer = tls ? createTlsServer(tls) : createServer();
	const io = new Server(http, { pingInterval, pingTimeout });
	const edge = attachEdge(io, { node: "n1" });
	const transports: string[] = [];
	io.on("connection", (socket) => {
		transports.push(edge.transportOf(socket.conn));
		socket.on("echo", (payload: unknown, ack: (payload: unknown) => void) => {
			if (delay === 0) ack(payload);
			else setTimeout(() => ack(payload), delay);
		});
		serve?.(socket);
	});
	await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
	const { port } = http.address() as AddressInfo;
	return {
		url: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
		io,
		transports,
		async [Symbol.asyncDispose]() {
			await io.close();
		},
	};
}
