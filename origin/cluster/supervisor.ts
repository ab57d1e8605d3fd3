/** Keeps one node of a cluster running: its process changes, its id and its ports stay. */
import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../../worker/command-line/command.ts";
import { exited, exitReason, exitWithin, hasExited, startChild } from "./child.ts";
import type { ClusterNode, FromNode, NodeReady, ToNode } from "./messages.ts";
import type { NodePlan } from "./plan.ts";

/** A node that does not listen by then has failed to start. */
const START_TIMEOUT_MS = 15_000;

/** A node that does not answer "drain" by then is stuck and is killed. */
const ANSWER_TIMEOUT_MS = 5_000;

/** Closing a session takes at most this many times 1/rate: 1 on average, with jitter of ±50 %. */
const MAX_CLOSE_JITTER = 1.5;

/** Crashes older than this are forgotten. */
export const CRASH_WINDOW_MS = 60_000;

/** A node that crashes this often within the window is not restarted. */
export const MAX_CRASHES = 6;

/** The delay before the first restart; it doubles with each further crash. */
export const FIRST_RESTART_DELAY_MS = 250;

/** The delay before the next restart; null = give up. `crashes`: the times of the node's crashes, the last one now. */
export function restartDelayMs(crashes: readonly number[]): number | null {
	const now = crashes.at(-1) ?? 0;
	const recent = crashes.filter((time) => time > now - CRASH_WINDOW_MS).length;
	return recent >= MAX_CRASHES ? null : FIRST_RESTART_DELAY_MS * 2 ** (recent - 1);
}

/** What a supervisor needs from the primary process. */
export interface SupervisorHost {
	fork(): ChildProcess;
	/** Called when the node has started or exited. */
	onChange(): void;
	/** Called when the node will not be restarted any more. */
	onGivenUp(): void;
	/** Shows one line to the operator. */
	warn(line: string): void;
}

/** The supervisor of one node. */
export class NodeSupervisor {
	#plan: NodePlan;
	readonly #host: SupervisorHost;
	#child: ChildProcess | null = null;
	#node: ClusterNode | null = null;
	#crashes: number[] = [];
	/** False while the process is meant to exit: its exit is then not a crash. */
	#shouldRun = false;
	/** True once the cluster stops: nothing is forked any more, not even by a roll in progress. */
	#isStopped = false;
	#hasGivenUp = false;

	constructor(plan: NodePlan, host: SupervisorHost) {
		this.#plan = plan;
		this.#host = host;
	}

	/** The running node; null while there is none. */
	get node(): ClusterNode | null {
		return this.#node;
	}

	/** Whether the node crashed too often and is not restarted. */
	get hasGivenUp(): boolean {
		return this.#hasGivenUp;
	}

	/** Starts the process and resolves when it listens; from then on its ports are fixed. Throws a `CommandError`. */
	async start(): Promise<ClusterNode> {
		if (this.#isStopped) throw new CommandError("the cluster is stopping");
		const child = this.#host.fork();
		this.#child = child;
		this.#shouldRun = true;
		const { port, tlsPort } = await this.#listening(child);
		const { tls } = this.#plan;
		this.#plan = { ...this.#plan, port, tls: tls && { ...tls, port: tlsPort ?? 0 } };
		child.once("exit", (code, signal) => this.#onExit(exitReason(code, signal)));
		this.#node = describeNode(this.#plan, child.pid ?? 0);
		this.#host.onChange();
		return this.#node;
	}

	/** Drains the node, waits for its process to exit, and starts a new one. Throws a `CommandError`. */
	async replace(): Promise<ClusterNode> {
		await this.#drain();
		this.#crashes = [];
		this.#hasGivenUp = false;
		return this.start().catch((error: Error) => {
			void this.#restart(error.message);
			throw error;
		});
	}

	/** Ends the process without draining; kills it if it has not exited after `limitMs`. */
	async stop(limitMs: number): Promise<void> {
		this.#isStopped = true;
		this.#shouldRun = false;
		const child = this.#child;
		if (child === null || hasExited(child)) return;
		send(child, { type: "stop" });
		await exitWithin(child, limitMs);
	}

	async #listening(child: ChildProcess): Promise<NodeReady> {
		try {
			return await startChild(child, `node ${this.#plan.node}`, this.#plan, START_TIMEOUT_MS);
		} catch (error) {
			child.kill("SIGKILL");
			throw error;
		}
	}

	async #drain(): Promise<void> {
		this.#shouldRun = false;
		const child = this.#child;
		if (child === null || hasExited(child)) return;
		const answer = new Promise<number>((resolve) => {
			child.on("message", (message: FromNode) => {
				if (message.type === "draining") resolve(message.sessions);
			});
		});
		send(child, { type: "drain" });
		const sessions = await Promise.race([answer, exited(child), sleep(ANSWER_TIMEOUT_MS)]);
		if (typeof sessions !== "number") return exitWithin(child, 0);
		const { wait, rate, deadline } = this.#plan.drain;
		const closingMs = (MAX_CLOSE_JITTER * 1_000 * sessions) / rate;
		await exitWithin(child, wait + closingMs + deadline + ANSWER_TIMEOUT_MS);
	}

	#onExit(reason: string): void {
		this.#node = null;
		this.#host.onChange();
		if (this.#shouldRun) void this.#restart(reason);
	}

	async #restart(reason: string): Promise<void> {
		if (this.#isStopped) return;
		const id = this.#plan.node;
		this.#crashes.push(Date.now());
		const delayMs = restartDelayMs(this.#crashes);
		if (delayMs === null) {
			this.#shouldRun = false;
			this.#host.warn(
				`error: node ${id} exited (${reason}), ${MAX_CRASHES} times within ${CRASH_WINDOW_MS / 1_000} s; it is not restarted. Fix the cause, then roll the cluster or start it again`,
			);
			this.#hasGivenUp = true;
			this.#host.onGivenUp();
			return;
		}
		this.#host.warn(`warning: node ${id} exited (${reason}); restarting it in ${delayMs} ms`);
		const crashed = this.#child;
		await sleep(delayMs);
		// A roll may have started another process meanwhile.
		if (!this.#shouldRun || this.#child !== crashed) return;
		await this.start().catch((error: Error) => {
			if (this.#shouldRun) return this.#restart(error.message);
		});
	}
}

function send(child: ChildProcess, message: ToNode): void {
	// The callback keeps a failure quiet: a child that cannot be reached is about to exit.
	child.send(message, () => {});
}

function describeNode({ node, host, port, tls }: NodePlan, pid: number): ClusterNode {
	// The wildcard addresses cannot be connected to.
	const reachable = { "0.0.0.0": "127.0.0.1", "::": "::1" }[host] ?? host;
	const name = reachable.includes(":") ? `[${reachable}]` : reachable;
	return {
		id: node,
		url: `http://${name}:${port}`,
		tlsUrl: tls === null ? null : `https://${name}:${tls.port}`,
		pid,
	};
}
