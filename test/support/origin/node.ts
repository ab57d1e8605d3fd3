/** One node in the test's own process, and clients and raw requests for it. */
import { once } from "node:events";
import { connect, type Socket as TcpSocket } from "node:net";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import type { NodeOptions } from "../../../origin/cluster/messages.ts";
import { type RunningNode, startNode } from "../../../origin/cluster/node.ts";
import { DRAIN_PLAN } from "../../../origin/node/drain.ts";
import type { EngineSession } from "../../../origin/node/sessions.ts";

/** Options of a node on any free port, with a drain that does not keep a test waiting. */
export function nodeOptions(given: Partial<NodeOptions> = {}): NodeOptions {
	const drain = { ...DRAIN_PLAN, wait: 0, rate: 1_000, deadline: 500 };
	return {
		node: "n1",
		host: "127.0.0.1",
		port: 0,
		tls: null,
		limit: 0,
		secrets: [],
		drain,
		redis: null,
		...given,
	};
}

export interface TestNode extends RunningNode, AsyncDisposable {
	readonly url: string;
}

export async function startTestNode(given: Partial<NodeOptions> = {}): Promise<TestNode> {
	const node = await startNode(nodeOptions(given));
	return { ...node, url: `http://127.0.0.1:${node.port}`, [Symbol.asyncDispose]: node.stop };
}

/** A client that is connected; it does not come back by itself unless told. */
export async function connectClient(
	url: string,
	transports: string[],
	given: Partial<ManagerOptions & SocketOptions> = {},
): Promise<Socket & Disposable> {
	const socket = io(url, { transports, forceNew: true, reconnection: false, ...given });
	await new Promise<void>((resolve, reject) => {
		socket.once("connect", resolve);
		socket.once("connect_error", reject);
	});
	return Object.assign(socket, { [Symbol.dispose]: () => void socket.disconnect() });
}

/** A request written by hand, as some clients and attackers do. Resolves with the head of the answer. */
export async function rawRequest(port: number, text: string): Promise<string> {
	const socket: TcpSocket = connect(port, "127.0.0.1");
	await once(socket, "connect");
	socket.write(text);
	let answer = "";
	for await (const chunk of socket) {
		answer += String(chunk);
		if (answer.includes("\r\n\r\n")) break;
	}
	return answer.slice(0, answer.indexOf("\r\n\r\n") + 2);
}

/** The next session that opens at the node. */
export function nextSession(node: RunningNode): Promise<EngineSession> {
	return new Promise((resolve) => node.io.engine.once("connection", resolve));
}

/** An upgrade request in full, as text. */
export function upgradeRequest(path: string, headers: readonly string[] = []): string {
	return [
		`GET ${path} HTTP/1.1`,
		"Host: localhost",
		"Connection: Upgrade",
		"Upgrade: websocket",
		"Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
		...headers,
		"\r\n",
	].join("\r\n");
}
