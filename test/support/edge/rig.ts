/** An edge on real workerd with TLS, in front of node processes that a test can kill, freeze and restart. */
import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { io, type ManagerOptions, type Socket } from "socket.io-client";
import {
	type EdgeOptions,
	edgeDefaults,
	type RunningEdge,
	startEdge,
} from "../../../worker/selfhost/edge.ts";
import type { EdgeNodeOptions, FromEdgeNode } from "./node-process.ts";
import { type Ask, secureFetch } from "./secure-fetch.ts";

const NODE = fileURLToPath(new URL("./node-process.ts", import.meta.url));
const DEFAULTS: Omit<EdgeNodeOptions, "id"> = {
	port: 0,
	pingInterval: 25_000,
	pingTimeout: 20_000,
	ids: "tagged",
	secrets: [],
	limit: 0,
	compress: false,
	eio3: false,
};

/** A node's process. `closes` emits "close" with Engine.IO's reason. */
export interface NodeProcess {
	readonly id: string;
	readonly url: string;
	readonly port: number;
	readonly pid: number;
	readonly closes: EventEmitter<{ close: [reason: string, at: number] }>;
	/** Sends a signal. SIGKILL resolves when the process has ended. */
	signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void>;
}

export async function startNodeProcess(
	id: string,
	options: Partial<EdgeNodeOptions> = {},
): Promise<NodeProcess> {
	const child = fork(NODE, [], { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
	child.send({ ...DEFAULTS, ...options, id } satisfies EdgeNodeOptions);
	const died = once(child, "exit").then(([code]) =>
		Promise.reject(new Error(`node ${id} ended while starting (exit ${code})`)),
	);
	const [{ port }] = (await Promise.race([once(child, "message"), died])) as [{ port: number }];
	died.catch(() => {});
	const closes = new EventEmitter<{ close: [string, number] }>();
	child.on("message", (message: FromEdgeNode) => {
		if ("closed" in message) closes.emit("close", message.closed, message.at);
	});
	return {
		id,
		port,
		url: `http://127.0.0.1:${port}`,
		pid: child.pid!,
		closes,
		signal: (name) => signal(child, name),
	};
}

async function endAll(nodes: readonly NodeProcess[]): Promise<void> {
	await Promise.all(nodes.map((node) => node.signal("SIGKILL")));
}

async function signal(child: ChildProcess, name: NodeJS.Signals): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exited = once(child, "exit");
	child.kill(name);
	if (name === "SIGKILL") await exited;
}

export interface Rig extends AsyncDisposable {
	readonly edge: RunningEdge;
	readonly nodes: readonly NodeProcess[];
	/** The certificate clients trust (PEM). */
	readonly ca: string;
	/** The lines that workerd printed. */
	readonly log: readonly string[];
	/** Requests a path under `/__edge/` with the token, and parses the answer as JSON. */
	own(path: string, ask?: Ask): Promise<unknown>;
	/** Connects a client and resolves once it is connected. */
	connect(options?: Partial<ManagerOptions>): Promise<Socket>;
	/** Starts another process with the same id and port, and ends it with the rest. */
	restart(node: NodeProcess, options?: Partial<EdgeNodeOptions>): Promise<NodeProcess>;
}

export interface RigOptions {
	readonly nodes?: readonly (Partial<EdgeNodeOptions> & { readonly id: string })[];
	/** Fields of POOL_APP, of its nodes by id, and other variables. */
	readonly pool?: Readonly<Record<string, unknown>>;
	readonly node?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	readonly variables?: Readonly<Record<string, unknown>>;
	readonly edge?: Partial<EdgeOptions>;
}

const TOKEN = "rig-token";

/** Starts the given nodes, or n1, n2 and n3, and an edge in front of them. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
	await using parts = new AsyncDisposableStack();
	const all: NodeProcess[] = [];
	parts.defer(() => endAll(all));
	const nodes = await Promise.all(
		(options.nodes ?? [{ id: "n1" }, { id: "n2" }, { id: "n3" }]).map((node) =>
			startNodeProcess(node.id, node),
		),
	);
	all.push(...nodes);
	const defaults = await edgeDefaults();
	const log: string[] = [];
	const variables = {
		POOL_APP: { ...options.pool, nodes: nodes.map(({ id, url }) => ({ id, url, ...options.node?.[id] })) },
		...options.variables,
	};
	const edge = parts.use(
		await startEdge({ ...defaults, token: TOKEN, log: (line) => log.push(line), ...options.edge, variables }),
	);
	const ca = await readFile(defaults.certificate.certFile, "utf8");
	const sockets: Socket[] = [];
	parts.defer(() => {
		for (const socket of sockets) socket.disconnect();
	});
	// The nodes are ended before the edge, since a draining workerd waits for the polls that they hold.
	parts.defer(() => endAll(all));
	const running = parts.move();
	return {
		edge,
		nodes,
		ca,
		log,
		own: (path, ask) => own(edge, path, ask),
		async connect(changes = {}) {
			const socket = io(edge.https, { forceNew: true, ca, ...changes });
			sockets.push(socket);
			await connected(socket);
			return socket;
		},
		async restart(node, changes = {}) {
			const again = await startNodeProcess(node.id, { ...changes, port: node.port });
			all.push(again);
			return again;
		},
		[Symbol.asyncDispose]: () => running.disposeAsync(),
	};
}

async function own(edge: RunningEdge, path: string, ask: Ask = {}): Promise<unknown> {
	const response = await secureFetch(`${edge.https}/__edge/${path}`, {
		...ask,
		headers: { authorization: `Bearer ${TOKEN}`, ...ask.headers },
	});
	return JSON.parse(response.body);
}

/** The node that has a client's session. */
export async function nodeOf(socket: Socket): Promise<string> {
	const { node } = (await socket.timeout(5000).emitWithAck("whoami")) as { node: string };
	return node;
}

function connected(socket: Socket): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.once("connect", resolve);
		socket.once("connect_error", reject);
	});
}
