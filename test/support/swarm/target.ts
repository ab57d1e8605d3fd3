/** A real Socket.IO server of the tests' own, in this process: what the swarm is measured against. */
import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "socket.io";
import { startPolicyServer } from "./policy-server.ts";

export interface Target extends AsyncDisposable {
	readonly url: string;
	readonly policyPort: number;
	readonly io: Server;
	/** Resolves when that many events have come from clients, openings included. */
	heard(count: number): Promise<void>;
}

export interface TargetOptions {
	/** What each connection listens to; by default `echo` is acknowledged at once. */
	readonly serve?: (socket: Socket) => void;
	readonly tls?: { key: string; cert: string };
}

function echo(socket: Socket): void {
	socket.on("echo", (payload: unknown, ack: (payload: unknown) => void) => ack(payload));
}

/** Starts a target on a free port of 127.0.0.1. */
export async function startTarget({ serve = echo, tls }: TargetOptions = {}): Promise<Target> {
	const http: HttpServer = tls ? createTlsServer(tls) : createServer();
	const io = new Server();
	io.on("connection", serve);
	const events = new EventTarget();
	let count = 0;
	io.on("connection", (socket) => {
		socket.onAny(() => {
			count += 1;
			events.dispatchEvent(new Event("heard"));
		});
	});
	io.attach(http);
	// The contract's nodes map flashsocket to websocket; so does this one, before Engine.IO looks.
	for (const event of ["request", "upgrade"])
		http.prependListener(event, (request: { url: string }) => {
			request.url = request.url.replace("transport=flashsocket", "transport=websocket");
		});
	await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
	const policy = await startPolicyServer();
	const { port } = http.address() as AddressInfo;
	return {
		url: `${tls ? "https" : "http"}://127.0.0.1:${port}/`,
		policyPort: policy.port,
		io,
		heard: (least) =>
			new Promise((resolve) => {
				const look = () => {
					if (count < least) return;
					events.removeEventListener("heard", look);
					resolve();
				};
				events.addEventListener("heard", look);
				look();
			}),
		async [Symbol.asyncDispose]() {
			await policy.close();
			await io.close();
		},
	};
}
