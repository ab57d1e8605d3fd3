/** The worker processes of a run as one: an order goes to all, and is done when all have reported so. */
import { type ChildProcess, fork } from "node:child_process";
import { CommandError } from "../../../worker/command-line/command.ts";
import type { Plan } from "../../plan/plan.ts";
import { needsTrustAll, TRUST_ALL } from "../client/inputs.ts";
import type { Slot } from "../pacing/slot.ts";
import type { Order, Report } from "../worker/messages.ts";

/** How long a worker may take to close its sessions. */
const CLOSE_LIMIT_MS = 3000;

/**
 * Garbage collection on one thread, because helper threads would take processor time from the target, and a young
 * generation large enough that what a message allocates dies in it. A worker collects once by itself, before it measures.
 */
const V8_FLAGS = [
	"--expose-gc",
	"--single-threaded-gc",
	"--min-semi-space-size=16",
	"--max-semi-space-size=32",
];

const RELEASE_BUILD = ["--import", new URL("../transport/release-build.ts", import.meta.url).href];

/** What the pool needs of a worker's process. */
export type WorkerProcess = Pick<
	ChildProcess,
	"pid" | "connected" | "exitCode" | "signalCode" | "send" | "kill" | "on" | "once"
>;

/** How a worker ended, and what to do if that follows from it. */
export function exitReason(code: number | null, signal: string | null): string {
	const how = `ended (${signal === null ? `exit code ${code}` : `signal ${signal}`})`;
	// V8 aborts when its heap is full; 134 is that signal seen through a shell.
	if (signal === "SIGABRT" || code === 134)
		return `${how}: it ran out of memory, if it says so above; give fewer --clients or more --processes`;
	if (signal === "SIGKILL" || code === 137)
		return `${how}: killed from outside, or by the system because memory ran out; in that case give fewer --clients or a larger machine`;
	return `${how}; see its own messages above`;
}

/** Node's arguments for a worker. */
export function workerArguments({ plainClient }: Pick<Plan, "plainClient">): string[] {
	return plainClient ? V8_FLAGS : [...V8_FLAGS, ...RELEASE_BUILD];
}

function startWorker(plan: Plan): WorkerProcess {
	return fork(new URL("../worker/worker.ts", import.meta.url), [], {
		execArgv: workerArguments(plan),
		env: needsTrustAll(plan) ? { ...process.env, ...TRUST_ALL } : process.env,
		stdio: ["ignore", "ignore", "inherit", "ipc"],
	});
}

/** Starts, orders and ends the workers. */
export class WorkerPool {
	readonly #workers: WorkerProcess[];
	readonly #onReport: (report: Report) => void;
	readonly #waiting = new Set<(report: Report, worker: WorkerProcess) => void>();
	readonly #failure = Promise.withResolvers<never>();
	#closing = false;

	/** `onReport` gets every report; `start` starts one worker process. */
	constructor(plan: Plan, onReport: (report: Report) => void, start = startWorker) {
		this.#onReport = onReport;
		// A worker may end while nobody waits for the workers.
		this.failed.catch(() => {});
		this.#workers = Array.from({ length: plan.processes }, () => {
			const worker = start(plan);
			worker.on("message", (report: Report) => this.#receive(report, worker));
			worker.on("error", ({ message }: Error) =>
				this.#fail(worker, `could not be started or reached: ${message}`),
			);
			worker.on("exit", (code: number | null, signal: string | null) =>
				this.#fail(worker, exitReason(code, signal)),
			);
			return worker;
		});
	}

	#receive(report: Report, worker: WorkerProcess): void {
		if (report.type === "failed") {
			this.#fail(worker, `failed: ${report.message}`);
			return;
		}
		this.#onReport(report);
		for (const waiting of [...this.#waiting]) waiting(report, worker);
	}

	#fail(worker: WorkerProcess, why: string): void {
		if (this.#closing) return;
		const { pid } = worker;
		const name = pid === undefined ? "a worker process" : `worker process ${pid}`;
		this.#failure.reject(new CommandError(`${name} of the swarm ${why}.`));
	}

	/** Rejects when a worker fails or ends, also while nothing is awaited; never resolves. */
	get failed(): Promise<never> {
		return this.#failure.promise;
	}

	/** Resolves when every one of the workers has sent a report of that type; rejects when one fails or has failed before. */
	#all(type: Report["type"], workers: readonly WorkerProcess[] = this.#workers): Promise<void> {
		const reported = new Promise<void>((resolve) => {
			const missing = new Set(workers);
			const waiting = (report: Report, worker: WorkerProcess) => {
				if (report.type === type) missing.delete(worker);
				if (missing.size > 0) return;
				this.#waiting.delete(waiting);
				resolve();
			};
			this.#waiting.add(waiting);
		});
		return Promise.race([this.failed, reported]);
	}

	#order(order: Order, worker: WorkerProcess): void {
		if (worker.connected) worker.send(order);
	}

	/** Resolves when all workers have started. */
	ready(): Promise<void> {
		return this.#all("ready");
	}

	/** Gives all workers the plan, of which they load what it names. */
	async load(plan: Plan): Promise<void> {
		const done = this.#all("loaded");
		for (const [number, worker] of this.#workers.entries())
			this.#order({ type: "load", plan, worker: number }, worker);
		await done;
	}

	/** Measures a load group's connection phases in the first worker, while the others do nothing. */
	async phases(group: number, sessions: number): Promise<void> {
		const [first] = this.#workers as [WorkerProcess];
		const done = this.#all("phases-done", [first]);
		this.#order({ type: "phases", group, sessions }, first);
		await done;
	}

	/** Opens all sessions, from `startAt` (monotonic µs) on. */
	async open(startAt: number): Promise<void> {
		const done = this.#all("opened");
		for (const worker of this.#workers) this.#order({ type: "open", startAt }, worker);
		await done;
	}

	/** Runs one slot to the end of its drain. */
	async slot(slot: Slot): Promise<void> {
		const done = this.#all("slot-done");
		for (const worker of this.#workers) this.#order({ type: "slot", slot }, worker);
		await done;
	}

	/** Ends the running slot early. */
	halt(): void {
		for (const worker of this.#workers) this.#order({ type: "halt" }, worker);
	}

	/** Ends all workers; those that do not end by themselves are killed. */
	async close(): Promise<void> {
		this.#closing = true;
		await Promise.all(this.#workers.map((worker) => this.#end(worker)));
	}

	#end(worker: WorkerProcess): Promise<void> {
		if (worker.exitCode !== null || worker.signalCode !== null || worker.pid === undefined)
			return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(() => worker.kill("SIGKILL"), CLOSE_LIMIT_MS);
			worker.once("exit", () => {
				clearTimeout(timer);
				resolve();
			});
			this.#order({ type: "close" }, worker);
		});
	}
}
