/** One load run, from a plan to a result. */
import { aborted, CommandError, EXIT } from "../../../worker/command-line/command.ts";
import { ownClients } from "../../plan/machine.ts";
import { type Plan, phaseRounds } from "../../plan/plan.ts";
import type { Flag, Result } from "../../record/result.ts";
import { nowUs } from "../pacing/clock.ts";
import { sleepUntil } from "../pacing/pacer.ts";
import type { Slot } from "../pacing/slot.ts";
import { LiveFigures, type LiveView } from "../view/live.ts";
import type { Report } from "../worker/messages.ts";
import { scheduleChaos } from "./chaos.ts";
import { preflight } from "./preflight.ts";
import { Recorder, type Series } from "./recorder.ts";
import { checkStartAt, slotOffset } from "./start-at.ts";
import { checkWatched, Watch } from "./watch.ts";
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
export type Workers = Pick<
	WorkerPool,
	"ready" | "load" | "phases" | "open" | "slot" | "halt" | "close" | "failed"
>;

/** Time between an order to start and the start: longer than the order takes to reach a worker. */
const HEAD_START_US = 50_000;
/** A shorter wait for `--start-at` is not worth a line. */
const WORTH_TELLING_US = 2e6;
/** Time between two partial results in a long slot. */
const PARTIAL_EVERY_S = 10;

/**
 * Makes a load run. Aborting `stop` ends it early: what was measured is drained and returned as an interrupted
 * result. Throws a CommandError when a target does not answer, a watched process does not exist, `--start-at` is too
 * soon, or a worker fails.
 */
export async function runSwarm(
	plan: Plan,
	hooks: Hooks,
	stop: AbortSignal,
	series: Series | null = null,
): Promise<Result> {
	checkStartAt(plan, Date.now() / 1000);
	await checkWatched(plan);
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
	readonly #watch: Watch;
	/** `--start-at` on the monotonic clock; null = measurement begins when all sessions are open. */
	readonly #startAt: number | null;
	/** Aborted when the run is over, however it ends. */
	readonly #over = new AbortController();
	#phase = "starting";
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
		this.#watch = new Watch(plan, this.#recorder);
		this.#startAt = plan.startAt === 0 ? null : nowUs() + (plan.startAt * 1000 - Date.now()) * 1000;
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
			await Promise.race([workers.failed, this.#steps(workers)]);
		} finally {
			this.#over.abort();
			clearInterval(timer);
			stop.removeEventListener("abort", halt);
			await workers.close();
			await this.#saving;
		}
		return this.#recorder.result(stop.aborted);
	}

	async #steps(workers: Workers): Promise<void> {
		await workers.ready();
		await workers.load(this.#plan);
		if (this.#stop.aborted) workers.halt();
		await this.#measurePhases(workers);
		await this.#open(workers);
		await this.#measure(workers);
	}

	#everySecond(): void {
		this.#ticks += 1;
		this.#hooks.live?.(this.#live.take(this.#phase, Math.max(0, (this.#endAt - nowUs()) / 1e6), 1));
		if (this.#ticks % PARTIAL_EVERY_S === 0) this.#savePartial();
		this.#watch.recordMemory();
	}

	/** One partial result after the other. */
	#savePartial(): void {
		const result = this.#recorder.result(this.#stop.aborted);
		this.#saving = this.#saving.then(() => this.#hooks.partial?.(result));
	}

	/** Before all other sessions, so that nothing else keeps the generator or the target busy. */
	async #measurePhases(workers: Workers): Promise<void> {
		const rounds = phaseRounds(this.#plan);
		if (rounds.length === 0) return;
		this.#phase = "measuring connection phases";
		this.#hooks.progress(this.#phase);
		for (const { group, sessions } of rounds) {
			if (this.#stop.aborted) return;
			await workers.phases(group, sessions);
		}
	}

	async #open(workers: Workers): Promise<void> {
		this.#phase = "opening sessions";
		const plan = this.#plan;
		const perClient = plan.activity === "ramp" ? 0 : plan.groups.length;
		const total = plan.clients * perClient;
		const own = ownClients(plan) * perClient;
		this.#endAt =
			(this.#startAt ?? nowUs() + (total / plan.connectRate) * 1e6) + this.#measureSeconds() * 1e6;
		// The other machines of the test open theirs at the same time.
		const recordOpening = await this.#watch.startOpening(total);
		if (own > 0) this.#hooks.progress(`opening ${own} sessions`);
		await workers.open(nowUs() + HEAD_START_US);
		await recordOpening();
	}

	#measureSeconds(): number {
		const { order, slot, warmup } = this.#plan;
		if (this.#startAt === null) return order.length * (slot + warmup);
		return slotOffset(this.#plan, order.length - 1) + slot;
	}

	async #measure(workers: Workers): Promise<void> {
		const { order, groups, warmup, slot: length } = this.#plan;
		this.#checkInTime();
		this.#endAt = (this.#startAt ?? nowUs()) + this.#measureSeconds() * 1e6;
		let origin = 0;
		for (const [number, group] of order.entries()) {
			await this.#waitForSlot(number);
			if (this.#stop.aborted || this.#over.signal.aborted) return;
			const { transport, path } = groups[group]!;
			this.#phase = `slot ${number + 1} of ${order.length}: ${transport} ${path.name}`;
			this.#hooks.progress(`${this.#phase}, ${length.toFixed(1)} s`);
			const startAt = this.#plannedStart(number) ?? nowUs() + HEAD_START_US;
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

	/** When a slot's warm-up begins by `--start-at`. */
	#plannedStart(number: number): number | null {
		if (this.#startAt === null) return null;
		return this.#startAt + (slotOffset(this.#plan, number) - this.#plan.warmup) * 1e6;
	}

	#checkInTime(): void {
		const startAt = this.#plannedStart(0);
		const late = startAt === null ? 0 : (nowUs() + HEAD_START_US - startAt) / 1e6;
		if (late <= 0 || this.#stop.aborted) return;
		throw new CommandError(
			`--start-at: all sessions were open ${late.toFixed(1)} s too late for it; give a later time, or fewer --clients.`,
		);
	}

	async #waitForSlot(number: number): Promise<void> {
		const startAt = this.#plannedStart(number);
		if (startAt === null) return;
		const wait = startAt - HEAD_START_US - nowUs();
		if (wait > WORTH_TELLING_US) {
			this.#phase = "waiting for --start-at";
			this.#hooks.progress(`waiting ${(wait / 1e6).toFixed(0)} s for --start-at`);
		}
		await sleepUntil(startAt - HEAD_START_US, AbortSignal.any([this.#stop, this.#over.signal]));
	}

	async #runSlot(workers: Workers, slot: Slot): Promise<void> {
		const slotIsOver = new AbortController();
		const recordCpu = this.#watchSlot(slot, slotIsOver.signal);
		try {
			await workers.slot(slot);
		} finally {
			slotIsOver.abort();
		}
		await (await recordCpu)?.();
		this.#recorder.addSeconds(slot.group, (Math.min(slot.endAt, nowUs()) - slot.measureAt) / 1e6);
		this.#savePartial();
		await this.#saving;
	}

	/** Reads the CPU of the watched processes when measurement begins; null when the slot ended before. */
	async #watchSlot({ group, measureAt }: Slot, isOver: AbortSignal): Promise<(() => Promise<void>) | null> {
		await sleepUntil(measureAt, isOver);
		return isOver.aborted ? null : this.#watch.startSlot(this.#plan.groups[group]!);
	}

	#scheduleChaos(origin: number): void {
		const started = () => this.#hooks.progress("running the chaos command");
		const ended = (code: number) =>
			this.#recorder.addFigure({ name: "chaos_exit_code", value: code, unit: "" }, "max");
		scheduleChaos(this.#plan, origin, { started, ended }, this.#stop);
	}
}
