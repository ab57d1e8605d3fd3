/** A real Socket.IO server in this process, with a Flash policy server: a target for the swarm. */
import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { Server, type Socket } from "socket.io";

export interface Target extends AsyncDisposable {
	readonly url: string;
	readonly policyPort: number;
	readonly io: Server;
	/** Resolves when clients have sent that many events, those of the openings included. */
	heard(count: number): Promise<void>;
}

export interface TargetOptions {
	/** Attaches each connection's listeners; by default `echo` is acknowledged at once. */
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
	// Like the contract's nodes, map flashsocket to websocket before Engine.IO reads the URL.
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

const POLICY =
	'<?xml version="1.0"?><cross-domain-policy><allow-access-from domain="*" to-ports="*"/></cross-domain-policy>\0';

/** Answers any request on a free port with a Flash policy. */
async function startPolicyServer(): Promise<{ port: number; close(): Promise<void> }> {
	const server = createTcpServer((socket) => {
		socket.on("error", () => {});
		socket.once("data", () => socket.end(POLICY));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		port: (server.address() as AddressInfo).port,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}
