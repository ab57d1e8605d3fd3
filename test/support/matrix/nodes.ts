/** The nodes of the matrix: how a process of each kind is started, and the pool that the edge has for them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { usablePort } from "../../../worker/command-line/listen.ts";
import { built, pinned, SOURCES, type Toolchain } from "./toolchains.ts";

export interface NodeKind {
	readonly id: string;
	/** Its column in the table. */
	readonly name: string;
	readonly needs: Toolchain;
	/** Fields of the pool. */
	readonly pool: Readonly<Record<string, unknown>>;
	/** The command that starts a process, which gets its options as JSON behind it. */
	command(): Promise<readonly string[]>;
	/** Options besides id and port. */
	readonly options: Readonly<Record<string, unknown>>;
}

const SOCKET_IO = pinned("../../../package.json", /"socket.io": "([0-9.]+)"/);
const PYTHON = pinned("python/requirements.txt", /^python-socketio==(.+)$/m);
const NETTY = pinned("java/pom.xml", /netty-socketio<\/artifactId>\s*<version>(.+)</);

const socketIo = {
	needs: "node",
	command: async () => [process.execPath, join(SOURCES, "js/server.ts")],
} as const;

export const NODES: readonly NodeKind[] = [
	{
		...socketIo,
		id: "attached",
		name: `socket.io ${SOCKET_IO} with \`attachEdge\``,
		pool: { stickiness: "sid", allow_eio3: true },
		options: { kind: "attached" },
	},
	{
		...socketIo,
		id: "tagged",
		name: `socket.io ${SOCKET_IO} with \`generateId\` alone`,
		pool: { stickiness: "sid", allow_eio3: true },
		options: { kind: "tagged" },
	},
	{
		...socketIo,
		id: "unmodified",
		name: `socket.io ${SOCKET_IO}, unchanged`,
		pool: { stickiness: "rewrite", allow_eio3: true },
		options: { kind: "unmodified" },
	},
	{
		id: "python",
		name: `python-socketio ${PYTHON} under uvicorn`,
		needs: "python",
		pool: { stickiness: "rewrite", allow_eio3: true },
		command: async () => [join(await built("python"), "bin/python"), join(SOURCES, "python/server.py")],
		options: {},
	},
	{
		id: "netty",
		name: `netty-socketio ${NETTY}`,
		needs: "java",
		pool: { stickiness: "rewrite", allow_eio3: true },
		async command() {
			const folder = await built("java");
			return ["java", "-cp", `${folder}/classes:${folder}/lib/*`, "Server"];
		},
		options: {},
	},
];

/** A running node. */
export class NodeProcess implements AsyncDisposable {
	readonly id: string;
	readonly url: string;
	readonly #kind: NodeKind;
	readonly #port: number;
	#child!: ChildProcess;

	private constructor(kind: NodeKind, id: string, port: number) {
		this.id = id;
		this.url = `http://127.0.0.1:${port}`;
		this.#kind = kind;
		this.#port = port;
	}

	/** Starts it on a free port; resolves once it listens. */
	static async start(kind: NodeKind, id: string): Promise<NodeProcess> {
		const node = new NodeProcess(kind, id, await usablePort(0, "127.0.0.1", "--port"));
		await node.restart();
		return node;
	}

	/** Starts it again on its port. */
	async restart(): Promise<void> {
		const [program, ...args] = await this.#kind.command();
		const options = JSON.stringify({ ...this.#kind.options, id: this.id, port: this.#port });
		this.#child = spawn(program!, [...args, options], { stdio: ["pipe", "pipe", "ignore"] });
		const ended = once(this.#child, "exit").then(([code]) => {
			throw new Error(`a node of kind ${this.#kind.id} ended with ${code} while starting`);
		});
		await Promise.race([once(createInterface(this.#child.stdout!), "line"), ended]);
		ended.catch(() => {});
	}

	/** kill -9; resolves when the process has ended. */
	async kill(): Promise<void> {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const exited = once(this.#child, "exit");
		this.#child.kill("SIGKILL");
		await exited;
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.kill();
	}
}
