/** One load run, from a plan to a result. */
import { aborted, CommandError, EXIT } from "../../../worker/command-line/command.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Result } from "../../record/result.ts";
import { nowUs, tickAfter } from "../pacing/clock.ts";
import { Live, type LiveView } from "../view/live.ts";
import type { Answer, Slot } from "../worker/messages.ts";
import { runCommandLine } from "./chaos.ts";
import { preflight } from "./preflight.ts";
import { Ledger, type Series } from "./recorder.ts";
import { residentAll } from "./watch.ts";
import { Pool } from "./worker-pool.ts";

/** How a run tells its caller of itself. */
export interface Hooks {
	/** One line on how the run goes, without line end. */
	progress(line: string): void;
	/** The result so far: after each slot, and every 10 s. */
	grown?(result: Result): void | Promise<void>;
	/** Each second, what goes on now. */
	live?(view: LiveView): void;
}

/** Microseconds between an order to start and the start: longer than the order's way to a worker. */
const HEAD_START = 50_000;
/** Seconds between two savings of a long slot. */
const SAVE_EVERY = 10;

/**
 * Makes a load run. Aborting `stop` ends it early: what was measured is drained and returned as an
 * interrupted result. Throws a CommandError when a target does not answer or a worker dies.
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
	return new Run(plan, hooks, stop, series).make();
}

class Run {
	readonly #plan: Plan;
	readonly #hooks: Hooks;
	readonly #stop: AbortSignal;
	readonly #ledger: Ledger;
	readonly #live: Live;
	readonly #pool: Pool;
	#phase = "opening sessions";
	#endAt = 0;
	#ticks = 0;
	#saving: Promise<void> = Promise.resolve();

	constructor(plan: Plan, hooks: Hooks, stop: AbortSignal, series: Series | null) {
		this.#plan = plan;
		this.#hooks = hooks;
		this.#stop = stop;
		this.#ledger = new Ledger(plan, series);
		this.#live = new Live(plan);
		this.#pool = new Pool(plan, (answer) => this.#hear(answer));
	}

	#hear(answer: Answer): void {
		this.#ledger.hear(answer);
		this.#live.hear(answer);
	}

	async make(): Promise<Result> {
		const stop = this.#stop;
		const halt = () => this.#pool.halt();
		stop.addEventListener("abort", halt, { once: true });
		const timer = setInterval(() => this.#second(), 1000);
		try {
			await this.#pool.ready();
			if (stop.aborted) this.#pool.halt();
			await this.#open();
			await this.#measure();
		} finally {
			clearInterval(timer);
			stop.removeEventListener("abort", halt);
			await this.#pool.close();
			await this.#saving;
		}
		return this.#ledger.result(stop.aborted);
	}

	/** What is known each second goes to the screen, and every 10 s to the file. */
	#second(): void {
		this.#ticks += 1;
		this.#hooks.live?.(this.#live.look(this.#phase, Math.max(0, (this.#endAt - nowUs()) / 1e6), 1));
		if (this.#ticks % SAVE_EVERY === 0) this.#grow();
		residentAll(this.#plan.watch).then((memory) => {
			for (const [name, bytes] of Object.entries(memory))
				this.#ledger.note({ name: `memory_most ${name}`, value: bytes, unit: "bytes" }, "max");
		});
	}

	/** One saving after the other; what fails to be saved now is saved at the end, or said then. */
	#grow(): void {
		const result = this.#ledger.result(this.#stop.aborted);
		this.#saving = this.#saving.then(() => this.#hooks.grown?.(result));
	}

	async #open(): Promise<void> {
		const plan = this.#plan;
		const total = plan.activity === "ramp" ? 0 : plan.clients * plan.groups.length;
		this.#endAt = nowUs() + (total / plan.connectRate + this.#measureSeconds()) * 1e6;
		const before = await residentAll(plan.watch);
		if (total > 0) this.#hooks.progress(`opening ${total} sessions`);
		await this.#pool.open(plan, nowUs() + HEAD_START);
		const after = await residentAll(plan.watch);
		for (const [name, bytes] of Object.entries(after))
			if (total > 0 && before[name] !== undefined)
				this.#ledger.note(
					{ name: `memory_per_session ${name}`, value: (bytes - before[name]) / total, unit: "bytes" },
					"max",
				);
	}

	#measureSeconds(): number {
		return this.#plan.order.length * (this.#plan.slot + this.#plan.warmup);
	}

	async #measure(): Promise<void> {
		const { order, groups, warmup, slot: length } = this.#plan;
		this.#endAt = nowUs() + this.#measureSeconds() * 1e6;
		let origin = 0;
		for (const [number, group] of order.entries()) {
			if (this.#stop.aborted) return;
			const { transport, path } = groups[group]!;
			this.#phase = `slot ${number + 1} of ${order.length}: ${transport} ${path.name}`;
			this.#hooks.progress(`${this.#phase}, ${length.toFixed(1)} s`);
			const startAt = tickAfter(nowUs() + HEAD_START);
			const measureAt = startAt + warmup * 1e6;
			if (number === 0) {
				origin = measureAt;
				this.#armChaos(origin);
			}
			const second = Math.floor((measureAt - origin) / 1e6);
			await this.#turn({ number, group, startAt, measureAt, endAt: measureAt + length * 1e6, second });
		}
	}

	async #turn(slot: Slot): Promise<void> {
		await this.#pool.slot(slot);
		const measured = Math.min(slot.endAt, nowUs()) - slot.measureAt;
		this.#ledger.seconds[slot.group]! += Math.max(0, measured / 1e6);
		this.#grow();
		await this.#saving;
	}

	#armChaos(origin: number): void {
		const { chaosRun, chaosAt } = this.#plan;
		if (chaosRun === "") return;
		const timer = setTimeout(
			async () => {
				this.#hooks.progress("chaos: the command runs now");
				const code = await runCommandLine(chaosRun, this.#stop);
				this.#ledger.note({ name: "chaos_exit_code", value: code ?? -1, unit: "" }, "max");
			},
			(origin - nowUs()) / 1000 + chaosAt * 1000,
		);
		this.#stop.addEventListener("abort", () => clearTimeout(timer), { once: true });
	}
}
