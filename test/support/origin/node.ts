/** One node in the process of the test, with clients and raw requests for it. */
import { once } from "node:events";
import { connect, type Socket as TcpSocket } from "node:net";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { type RunningNode, startNode } from "../../../origin/cluster/node.ts";
import type { NodePlan } from "../../../origin/cluster/plan.ts";
import { DEFAULT_DRAIN } from "../../../origin/node/drain.ts";
import type { EngineSession } from "../../../origin/node/sessions.ts";

/** The plan of a node on any free port, with a short drain. */
export function nodePlan(given: Partial<NodePlan> = {}): NodePlan {
	const drain = { ...DEFAULT_DRAIN, wait: 0, rate: 1_000, deadline: 500 };
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

export async function startTestNode(given: Partial<NodePlan> = {}): Promise<TestNode> {
	const node = await startNode(nodePlan(given));
	return { ...node, url: `http://127.0.0.1:${node.port}`, [Symbol.asyncDispose]: node.stop };
}

/** A connected client; it does not reconnect unless `given` says so. */
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

/** Sends a request as raw text. Resolves with the head of the response. */
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

/** The next session that opens on the node. */
export function nextSession(node: RunningNode): Promise<EngineSession> {
	return new Promise((resolve) => node.io.engine.once("connection", resolve));
}

/** A complete WebSocket upgrade request as text. */
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
