/**
 * The control socket of a running cluster: how any process of this user starts a roll. A Unix socket (on
 * Windows a named pipe) that only this user can open; requests and events are JSON, one per line.
 */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createInterface, type Interface } from "node:readline";
import { CommandError } from "../../worker/command-line/command.ts";
import { type ClusterNode, type ControlEvent, type ControlRequest, errorOf, failureOf } from "./messages.ts";
import type { Roll } from "./roll.ts";

const FOLDER = ".edge";

/** A cluster is addressed by the port of its first node. */
export function controlPort(nodes: readonly ClusterNode[]): number {
	return Number(new URL(nodes[0]?.url ?? "").port);
}

/** The socket of the cluster whose first node has `port`. Relative, because a socket path is limited to 108 bytes. */
export function controlPath(port: number): string {
	if (process.platform === "win32") return `\\\\.\\pipe\\sticky-edge-origin-${port}`;
	return `${FOLDER}/origin-${port}.sock`;
}

/** Serves the control socket. The caller holds the first node's port, so an existing socket file is a stale one. */
export function serveControl(port: number, roll: Roll): Promise<Server> {
	const path = controlPath(port);
	const server = createServer((socket) => void serveRequest(socket, roll));
	if (process.platform !== "win32") {
		mkdirSync(FOLDER, { recursive: true });
		rmSync(path, { force: true });
	}
	return new Promise((resolve, reject) => {
		server.once("error", (error) => reject(new CommandError(`cannot listen on ${path} (${error.message})`)));
		server.listen(path, () => {
			if (process.platform !== "win32") chmodSync(path, 0o600);
			process.once("exit", () => rmSync(path, { force: true }));
			resolve(server);
		});
	});
}

async function serveRequest(socket: Socket, roll: Roll): Promise<void> {
	const clientLeft = new AbortController();
	socket.on("error", () => socket.destroy());
	socket.on("close", () => clientLeft.abort());
	const send = (event: ControlEvent) => socket.write(`${JSON.stringify(event)}\n`);
	try {
		for await (const line of linesOf(socket)) {
			const { type } = JSON.parse(line) as ControlRequest;
			if (type !== "roll") throw new CommandError(`Unknown request "${type}"; use: roll`);
			for await (const node of roll(clientLeft.signal)) send({ type: "replaced", node });
			send({ type: "rolled" });
			break;
		}
	} catch (error) {
		send({ type: "failed", failure: failureOf(error) });
	}
	socket.end();
}

/**
 * Asks the cluster whose first node has `port` to roll; yields each node that was replaced. When `stop` is
 * aborted no further node is replaced. Throws a `CommandError`, also when no cluster runs there.
 */
export async function* requestRoll(port: number, stop: AbortSignal): AsyncGenerator<ClusterNode> {
	const socket = await connectTo(port);
	stop.addEventListener("abort", () => socket.destroy(), { once: true });
	try {
		socket.write(`${JSON.stringify({ type: "roll" } satisfies ControlRequest)}\n`);
		for await (const line of linesOf(socket)) {
			const event = JSON.parse(line) as ControlEvent;
			if (event.type === "rolled") return;
			if (event.type === "failed") throw errorOf(event.failure);
			yield event.node;
		}
	} finally {
		socket.destroy();
	}
	throw new CommandError("the cluster ended during the roll");
}

function connectTo(port: number): Promise<Socket> {
	const path = controlPath(port);
	return new Promise((resolve, reject) => {
		const socket = connect(path, () => resolve(socket));
		socket.on("error", () =>
			reject(
				new CommandError(
					`no cluster answers at ${path}; start one in this folder with npm run origin -- --port ${port}, or give the --port of its first node`,
				),
			),
		);
	});
}

/** The lines of a socket, until it is closed; readline alone waits for an "end", which a destroyed socket never emits. */
function linesOf(socket: Socket): Interface {
	const lines = createInterface(socket);
	socket.once("close", () => lines.close());
	return lines;
}
