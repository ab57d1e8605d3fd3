/** One node's place in a cluster: its process comes and goes, its id and its ports stay. */

import type { Worker } from "node:cluster";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../../worker/command-line/command.ts";
import type { ClusterNode, FromNode, NodeOptions, ToNode } from "./messages.ts";
import { restartDelay } from "./supervise.ts";

/** A node that does not listen by then has failed to start, milliseconds. */
const START_LIMIT = 15_000;
/** A node that does not answer "drain" by then is stuck and is killed, milliseconds. */
const ANSWER_LIMIT = 5_000;

/** What a slot needs from the cluster. */
export interface SlotHost {
	fork(): Worker;
	/** Called when the node at this place is another one, or none. */
	changed(): void;
	/** Called when the node at this place is not started again any more. */
	gaveUp(): void;
	/** One line for the person who runs the cluster. */
	warn(line: string): void;
}

/** A place for one node. */
export class Slot {
	#options: NodeOptions;
	readonly #host: SlotHost;
	#worker: Worker | null = null;
	#crashes: number[] = [];
	/** False while the process is wanted gone: its exit is then no crash. */
	#wanted = false;
	/** True once the cluster ends: nothing is forked any more, a roll half way included. */
	#closed = false;
	/** Whether the process is neither there nor on its way. */
	givenUp = false;
	/** The node that listens here; null while there is none. */
	node: ClusterNode | null = null;

	constructor(options: NodeOptions, host: SlotHost) {
		this.#options = options;
		this.#host = host;
	}

	get id(): string {
		return this.#options.node;
	}

	/** Starts the process and resolves when it listens; from then on the ports are fixed. Throws a `CommandError`. */
	async start(): Promise<ClusterNode> {
		if (this.#closed) throw new CommandError("the cluster ends");
		const worker = this.#host.fork();
		this.#worker = worker;
		this.#wanted = true;
		worker.send({ say: "start", options: this.#options } satisfies ToNode, () => {});
		const { port, tlsPort } = await listening(this.id, worker);
		const { host, tls } = this.#options;
		this.#options = { ...this.#options, port, tls: tls && { ...tls, port: tlsPort ?? 0 } };
		worker.once("exit", (code, signal) => this.#onExit(signal ?? `exit ${code}`));
		this.node = describe(this.id, host, port, tlsPort, worker);
		this.#host.changed();
		return this.node;
	}

	/** Drains the node, lets its process end, and starts another in its place. Throws a `CommandError`. */
	async replace(): Promise<ClusterNode> {
		await this.#leave();
		this.#crashes = [];
		this.givenUp = false;
		return this.start().catch((error: Error) => {
			void this.#restart(error.message);
			throw error;
		});
	}

	/** Ends the process at once, killed if it does not within `limit` milliseconds. */
	async stop(limit: number): Promise<void> {
		this.#closed = true;
		this.#wanted = false;
		const worker = this.#worker;
		if (worker === null || worker.isDead()) return;
		worker.send({ say: "stop" } satisfies ToNode, () => {});
		await goneWithin(worker, limit);
	}

	async #leave(): Promise<void> {
		this.#wanted = false;
		const worker = this.#worker;
		if (worker === null || worker.isDead()) return;
		const answer = new Promise<number>((resolve) => {
			worker.on("message", (message: FromNode) => {
				if (message.say === "draining") resolve(message.sessions);
			});
		});
		worker.send({ say: "drain" } satisfies ToNode, () => {});
		const sessions = await Promise.race([answer, exit(worker), sleep(ANSWER_LIMIT)]);
		if (typeof sessions !== "number") return goneWithin(worker, 0);
		const { wait, rate, deadline } = this.#options.drain;
		await goneWithin(worker, wait + (1_500 * sessions) / rate + deadline + ANSWER_LIMIT);
	}

	#onExit(how: string): void {
		this.node = null;
		this.#host.changed();
		if (this.#wanted) void this.#restart(how);
	}

	async #restart(how: string): Promise<void> {
		this.#crashes.push(Date.now());
		const delay = restartDelay(this.#crashes);
		if (delay === null) {
			this.#wanted = false;
			this.#host.warn(
				`error: node ${this.id} ended again (${how}), ${this.#crashes.length} times by now: given up; the other nodes go on. Mend the cause and start the cluster anew, or roll it`,
			);
			this.givenUp = true;
			this.#host.gaveUp();
			return;
		}
		this.#host.warn(`warning: node ${this.id} ended (${how}): started again in ${delay} ms`);
		const crashed = this.#worker;
		await sleep(delay);
		// A roll may have put another process here meanwhile.
		if (!this.#wanted || this.#worker !== crashed) return;
		await this.start().catch((error: Error) => {
			if (this.#wanted) return this.#restart(error.message);
		});
	}
}

function listening(id: string, worker: Worker): Promise<Extract<FromNode, { say: "listening" }>> {
	return new Promise((resolve, reject) => {
		const fail = (message: string, exitCode?: number) => {
			clearTimeout(timer);
			worker.process.kill("SIGKILL");
			reject(new CommandError(message, exitCode));
		};
		const timer = setTimeout(
			() => fail(`node ${id} did not listen within ${START_LIMIT / 1_000} s`),
			START_LIMIT,
		);
		worker.on("message", (message: FromNode) => {
			if (message.say === "failed") fail(message.failure.message, message.failure.exitCode);
			if (message.say !== "listening") return;
			clearTimeout(timer);
			resolve(message);
		});
		worker.once("exit", (code, signal) =>
			fail(`node ${id} ended before it listened (${signal ?? `exit ${code}`})`),
		);
	});
}

async function goneWithin(worker: Worker, limit: number): Promise<void> {
	if (worker.isDead()) return;
	const timer = setTimeout(() => worker.process.kill("SIGKILL"), limit);
	await exit(worker);
	clearTimeout(timer);
}

async function exit(worker: Worker): Promise<void> {
	if (!worker.isDead()) await once(worker, "exit");
}

function describe(
	id: string,
	host: string,
	port: number,
	tlsPort: number | null,
	{ process: { pid = 0 } }: Worker,
): ClusterNode {
	// "Every address" is none to connect to.
	const reached = { "0.0.0.0": "127.0.0.1", "::": "::1" }[host] ?? host;
	const name = reached.includes(":") ? `[${reached}]` : reached;
	return {
		id,
		url: `http://${name}:${port}`,
		tlsUrl: tlsPort === null ? null : `https://${name}:${tlsPort}`,
		pid,
	};
}
