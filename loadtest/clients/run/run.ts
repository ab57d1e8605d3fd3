/** One load run, from a plan to a result. */
import { aborted, CommandError, EXIT } from "../../../worker/command-line/command.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Flag, Result } from "../../record/result.ts";
import { midTickAfter, nowUs } from "../pacing/clock.ts";
import type { Slot } from "../pacing/slot.ts";
import { LiveFigures, type LiveView } from "../view/live.ts";
import type { Report } from "../worker/messages.ts";
import { scheduleChaos } from "./chaos.ts";
import { preflight } from "./preflight.ts";
import { Recorder, type Series } from "./recorder.ts";
import { residentAll } from "./watch.ts";
import { WorkerPool } from "./worker-pool.ts";

/** What a run tells its caller while it lasts. */
export interface Hooks {
	/** A step of the run, one line without line end. */
	progress(line: string): void;
	/** The result so far: after each slot, and every 10 s. */
	partial?(result: Result): void | Promise<void>;
	/** Each second, the current figures. */
	live?(view: LiveView): void;
}

/** The workers as the run sees them. */
export type Workers = Pick<WorkerPool, "ready" | "open" | "slot" | "halt" | "close">;

/** Time between an order to start and the start: longer than the order takes to reach a worker. */
const HEAD_START_US = 50_000;
/** Time between two partial results in a long slot. */
const PARTIAL_EVERY_S = 10;

/**
 * Makes a load run. Aborting `stop` ends it early: what was measured is drained and returned as an interrupted
 * result. Throws a CommandError when a target does not answer or a worker fails.
 */
export async function runSwarm(
	plan: Plan,
	hooks: Hooks,
	stop: AbortSignal,
	series: Series | null = null,
): Promise<Result> {
	const reached = preflight(plan);
	reached.catch(() => {});
	await Promise.race([reached, aborted(stop)]);
	if (stop.aborted) throw new CommandError("interrupted before any load was sent.", EXIT.interrupted);
	const checked = await reached;
	for (const { message, advice } of checked.leftOut) hooks.progress(`${message}; ${advice}`);
	const run = new Run(checked.plan, hooks, stop, series, checked.leftOut);
	return run.make((onReport) => new WorkerPool(checked.plan, onReport));
}

/** A run whose targets have been checked. */
export class Run {
	readonly #plan: Plan;
	readonly #hooks: Hooks;
	readonly #stop: AbortSignal;
	readonly #recorder: Recorder;
	readonly #live: LiveFigures;
	#phase = "opening sessions";
	#endAt = 0;
	#ticks = 0;
	#saving: Promise<void> = Promise.resolve();

	/** `known`: doubts that the check of the targets raised. */
	constructor(
		plan: Plan,
		hooks: Hooks,
		stop: AbortSignal,
		series: Series | null,
		known: readonly Flag[] = [],
	) {
		this.#plan = plan;
		this.#hooks = hooks;
		this.#stop = stop;
		this.#recorder = new Recorder(plan, series, known);
		this.#live = new LiveFigures(plan);
	}

	/** Starts the workers, opens all sessions, measures slot by slot, and ends the workers. */
	async make(startWorkers: (onReport: (report: Report) => void) => Workers): Promise<Result> {
		const stop = this.#stop;
		const workers = startWorkers((report) => {
			this.#recorder.add(report);
			this.#live.add(report);
		});
		const halt = () => workers.halt();
		stop.addEventListener("abort", halt, { once: true });
		const timer = setInterval(() => this.#everySecond(), 1000);
		try {
			await workers.ready();
			if (stop.aborted) workers.halt();
			await this.#open(workers);
			await this.#measure(workers);
		} finally {
			clearInterval(timer);
			stop.removeEventListener("abort", halt);
			await workers.close();
			await this.#saving;
		}
		return this.#recorder.result(stop.aborted);
	}

	#everySecond(): void {
		this.#ticks += 1;
		this.#hooks.live?.(this.#live.take(this.#phase, Math.max(0, (this.#endAt - nowUs()) / 1e6), 1));
		if (this.#ticks % PARTIAL_EVERY_S === 0) this.#savePartial();
		residentAll(this.#plan.watch).then((memory) => {
			for (const [name, bytes] of Object.entries(memory))
				this.#recorder.addFigure({ name: `memory_most ${name}`, value: bytes, unit: "bytes" }, "max");
		});
	}

	/** One partial result after the other. */
	#savePartial(): void {
		const result = this.#recorder.result(this.#stop.aborted);
		this.#saving = this.#saving.then(() => this.#hooks.partial?.(result));
	}

	async #open(workers: Workers): Promise<void> {
		const plan = this.#plan;
		const total = plan.activity === "ramp" ? 0 : plan.clients * plan.groups.length;
		this.#endAt = nowUs() + (total / plan.connectRate + this.#measureSeconds()) * 1e6;
		const before = await residentAll(plan.watch);
		if (total > 0) this.#hooks.progress(`opening ${total} sessions`);
		await workers.open(plan, nowUs() + HEAD_START_US);
		const after = await residentAll(plan.watch);
		for (const [name, bytes] of Object.entries(after)) {
			if (total === 0 || before[name] === undefined) continue;
			const value = (bytes - before[name]) / total;
			this.#recorder.addFigure({ name: `memory_per_session ${name}`, value, unit: "bytes" }, "max");
		}
	}

	#measureSeconds(): number {
		return this.#plan.order.length * (this.#plan.slot + this.#plan.warmup);
	}

	async #measure(workers: Workers): Promise<void> {
		const { order, groups, warmup, slot: length } = this.#plan;
		this.#endAt = nowUs() + this.#measureSeconds() * 1e6;
		let origin = 0;
		for (const [number, group] of order.entries()) {
			if (this.#stop.aborted) return;
			const { transport, path } = groups[group]!;
			this.#phase = `slot ${number + 1} of ${order.length}: ${transport} ${path.name}`;
			this.#hooks.progress(`${this.#phase}, ${length.toFixed(1)} s`);
			const startAt = midTickAfter(nowUs() + HEAD_START_US);
			const measureAt = startAt + warmup * 1e6;
			if (number === 0) {
				origin = measureAt;
				this.#scheduleChaos(origin);
			}
			const second = Math.floor((measureAt - origin) / 1e6);
			const slot = { number, group, startAt, measureAt, endAt: measureAt + length * 1e6, second };
			await this.#runSlot(workers, slot);
		}
	}

	async #runSlot(workers: Workers, slot: Slot): Promise<void> {
		await workers.slot(slot);
		this.#recorder.addSeconds(slot.group, (Math.min(slot.endAt, nowUs()) - slot.measureAt) / 1e6);
		this.#savePartial();
		await this.#saving;
	}

	#scheduleChaos(origin: number): void {
		const started = () => this.#hooks.progress("running the chaos command");
		const ended = (code: number) =>
			this.#recorder.addFigure({ name: "chaos_exit_code", value: code, unit: "" }, "max");
		scheduleChaos(this.#plan, origin, { started, ended }, this.#stop);
	}
}
