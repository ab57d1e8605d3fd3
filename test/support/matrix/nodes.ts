/** The nodes of the matrix: how a process of each kind is started, and the pool that the edge has for them. */
import { once } from "node:events";
import { join } from "node:path";
import { usablePort } from "../../../worker/command-line/listen.ts";
import { type CommandLine, MatrixProcess } from "./process.ts";
import { built, pinned, SOURCES, type Toolchain } from "./toolchains.ts";

export interface NodeKind {
	readonly id: string;
	/** Its column in the table. */
	readonly name: string;
	readonly needs: Toolchain;
	/** Fields of the pool. */
	readonly pool: Readonly<Record<string, unknown>>;
	/** The command that starts a process, which gets its options as JSON behind it. */
	command(): Promise<CommandLine>;
	/** Options besides id and port. */
	readonly options: Readonly<Record<string, unknown>>;
}

const SOCKET_IO = pinned("../../../package.json", /"socket.io": "([0-9.]+)"/);
const PYTHON = pinned("python/requirements.txt", /^python-socketio==(.+)$/m);
const NETTY = pinned("java/pom.xml", /netty-socketio<\/artifactId>\s*<version>(.+)</);

const socketIo: Pick<NodeKind, "needs" | "command"> = {
	needs: "node",
	command: async () => [process.execPath, join(SOURCES, "js/server.ts")],
};

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
	#process!: MatrixProcess;
	/** How its processes ended that this test did not kill. */
	readonly ends: string[] = [];

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
		const options = JSON.stringify({ ...this.#kind.options, id: this.id, port: this.#port });
		const name = `the ${this.#kind.id} node ${this.id}`;
		this.#process = new MatrixProcess(name, [...(await this.#kind.command()), options]);
		void this.#process.died.then(({ message }) => this.ends.push(message));
		await this.#process.orDeath(once(this.#process.lines, "line"));
	}

	/** Resolves or rejects as `work` does; rejects as soon as the running process ends without being killed. */
	orDeath<T>(work: Promise<T>): Promise<T> {
		return this.#process.orDeath(work);
	}

	/** kill -9; resolves when the process has ended. */
	kill(): Promise<void> {
		return this.#process.kill();
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.kill();
	}
}
