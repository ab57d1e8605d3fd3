/**
 * The way into a running cluster from another terminal: a Unix socket (on Windows a named pipe) that only
 * this user may open. One line of JSON each: asked `{"do":"roll"}`, it answers with events until the last.
 */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { CommandError } from "../../worker/command-line/command.ts";
import type { ClusterNode, Failure } from "./messages.ts";

/** What a roll tells while it goes on. */
export type RollEvent =
	| { readonly say: "replaced"; readonly node: ClusterNode }
	| { readonly say: "rolled"; readonly failure: Failure | null };

/** Replaces the nodes, one after another; `stop` aborted = no further one. */
export type Roll = (stop: AbortSignal, tell: (event: RollEvent) => void) => Promise<void>;

const FOLDER = ".edge";

/** Where the cluster whose first node has `port` listens; relative, because a socket's path has 108 bytes. */
export function controlPath(port: number): string {
	if (process.platform === "win32") return `\\\\.\\pipe\\sticky-edge-origin-${port}`;
	return `${FOLDER}/origin-${port}.sock`;
}

/** Listens for commands. The first node's port is already held, so a socket file found there is a dead one. */
export function serveControl(port: number, roll: Roll): Promise<Server> {
	const path = controlPath(port);
	const server = createServer((socket) => void answer(socket, roll));
	if (process.platform !== "win32") {
		mkdirSync(FOLDER, { recursive: true });
		rmSync(path, { force: true });
	}
	return new Promise((resolve, reject) => {
		server.once("error", (error) =>
			reject(new CommandError(`${path} cannot be listened on: ${error.message}`)),
		);
		server.listen(path, () => {
			if (process.platform !== "win32") chmodSync(path, 0o600);
			process.once("exit", () => rmSync(path, { force: true }));
			resolve(server);
		});
	});
}

/** Asks the cluster at `port` to roll; yields its events. Throws a `CommandError` when there is no such cluster. */
export async function* askRoll(port: number, stop: AbortSignal): AsyncGenerator<RollEvent> {
	const socket = await dial(port);
	stop.addEventListener("abort", () => socket.destroy(), { once: true });
	socket.write(`${JSON.stringify({ do: "roll" })}\n`);
	for await (const line of createInterface(socket)) yield JSON.parse(line) as RollEvent;
}

function dial(port: number): Promise<Socket> {
	const path = controlPath(port);
	return new Promise((resolve, reject) => {
		const socket = connect(path, () => resolve(socket));
		socket.on("error", () =>
			reject(
				new CommandError(
					`no cluster answers at ${path}: start one with npm run origin -- --port ${port}, or give --port of its first node (same folder)`,
				),
			),
		);
	});
}

async function answer(socket: Socket, roll: Roll): Promise<void> {
	const gone = new AbortController();
	socket.on("error", () => socket.destroy());
	socket.on("close", () => gone.abort());
	for await (const line of createInterface(socket)) {
		if (line !== '{"do":"roll"}') break;
		await roll(gone.signal, (event) => socket.write(`${JSON.stringify(event)}\n`));
		break;
	}
	socket.end();
}
