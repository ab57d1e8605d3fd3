/** The worker processes of a run, as one: an order goes to all, and is done when all have answered. */
import { type ChildProcess, fork } from "node:child_process";
import { CommandError } from "../../../worker/command-line/command.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Answer, Order, Slot } from "../worker/messages.ts";

/** Milliseconds a worker may take to close its sessions. */
const CLOSE_LIMIT = 3000;

/** Node's fetch takes no certificate option: only the process as a whole can be told, and warns of it. */
const TRUST_ALL = { NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_NO_WARNINGS: "1" };

/**
 * Young objects have room to die in, on this thread: what a message allocates seldom outlives its answer, and helpers
 * would take the processor from the target.
 */
const V8 = ["--single-threaded-gc", "--min-semi-space-size=16", "--max-semi-space-size=32"];

const RELEASE_BUILD = ["--import", new URL("../transport/release-build.ts", import.meta.url).href];

/** Starts, orders and ends the workers. */
export class Pool {
	readonly #children: ChildProcess[];
	readonly #hear: (answer: Answer) => void;
	readonly #waiting = new Set<(answer: Answer | Error, child: ChildProcess) => void>();
	#closing = false;

	/** `hear` gets every answer that carries figures. */
	constructor({ processes, transports, insecure }: Plan, hear: (answer: Answer) => void) {
		this.#hear = hear;
		const file = new URL("../worker/worker.ts", import.meta.url);
		const env =
			transports.includes("polling-fetch") && insecure ? { ...process.env, ...TRUST_ALL } : process.env;
		this.#children = Array.from({ length: processes }, () => {
			const child = fork(file, [], {
				execArgv: [...V8, ...RELEASE_BUILD],
				env,
				stdio: ["ignore", "ignore", "inherit", "ipc"],
			});
			child.on("message", (answer: Answer) => this.#answer(answer, child));
			child.on("error", (error) => this.#lose(child, error.message));
			child.on("exit", (code, signal) => this.#lose(child, `exit ${code ?? signal}`));
			return child;
		});
	}

	get pids(): number[] {
		return this.#children.flatMap((child) => child.pid ?? []);
	}

	#answer(answer: Answer, child: ChildProcess): void {
		if (answer.type === "failed") {
			this.#lose(child, answer.message);
			return;
		}
		this.#hear(answer);
		for (const waiting of [...this.#waiting]) waiting(answer, child);
	}

	#lose(child: ChildProcess, why: string): void {
		if (this.#closing) return;
		const error = new CommandError(
			`worker process ${child.pid} of the swarm ended (${why}): run fewer clients or more --processes.`,
		);
		for (const waiting of [...this.#waiting]) waiting(error, child);
	}

	/** Resolves when every worker has given an answer of that type. */
	#all(type: Answer["type"]): Promise<void> {
		return new Promise((resolve, reject) => {
			const missing = new Set(this.#children);
			const waiting = (answer: Answer | Error, child: ChildProcess) => {
				if (answer instanceof Error) reject(answer);
				else if (answer.type === type) missing.delete(child);
				if (!(answer instanceof Error) && missing.size > 0) return;
				this.#waiting.delete(waiting);
				resolve();
			};
			this.#waiting.add(waiting);
		});
	}

	#order(order: Order, child: ChildProcess): void {
		if (child.connected) child.send(order);
	}

	ready(): Promise<void> {
		return this.#all("ready");
	}

	async open(plan: Plan, startAt: number): Promise<void> {
		const done = this.#all("opened");
		this.#children.forEach((child, worker) => {
			this.#order({ type: "open", plan, worker, startAt }, child);
		});
		await done;
	}

	async slot(slot: Slot): Promise<void> {
		const done = this.#all("slot-done");
		for (const child of this.#children) this.#order({ type: "slot", slot }, child);
		await done;
	}

	halt(): void {
		for (const child of this.#children) this.#order({ type: "halt" }, child);
	}

	/** Ends all workers; those that do not go by themselves are killed. */
	async close(): Promise<void> {
		this.#closing = true;
		await Promise.all(this.#children.map((child) => this.#end(child)));
	}

	#end(child: ChildProcess): Promise<void> {
		if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
			return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(() => child.kill("SIGKILL"), CLOSE_LIMIT);
			child.once("exit", () => {
				clearTimeout(timer);
				resolve();
			});
			this.#order({ type: "close" }, child);
		});
	}
}
