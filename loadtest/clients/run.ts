/** One load run, from a plan to a result. */
import { randomUUID } from "node:crypto";
import { isLoopback } from "../plan/paths.ts";
import { type Plan, recordOf } from "../plan/plan.ts";
import { environmentOf } from "../record/environment.ts";
import { type GeneratorWindow, RESULT_KIND, RESULT_VERSION, type Result } from "../record/result.ts";
import { Tally } from "../record/tally.ts";
import { doubts } from "../record/validity.ts";
import { CLOCK, nowUs } from "./clock.ts";
import type { Answer, Slot } from "./messages.ts";
import { Pool } from "./pool.ts";
import { preflight } from "./preflight.ts";

export interface Hooks {
	/** One line on how the run goes, without line end. */
	progress(line: string): void;
	/** The result so far, after each slot. */
	grown?(result: Result): void | Promise<void>;
}

/** Microseconds between an order to start and the start: longer than the order's way to a worker. */
const HEAD_START = 50_000;

/** What a run has gathered. */
class Ledger {
	readonly plan: Plan;
	readonly startedAt = new Date().toISOString();
	readonly id = randomUUID();
	readonly tallies: Tally[];
	readonly seconds: number[];
	readonly generator = new Map<number, GeneratorWindow>();

	constructor(plan: Plan) {
		this.plan = plan;
		this.tallies = plan.groups.map(() => new Tally());
		this.seconds = plan.groups.map(() => 0);
	}

	hear(answer: Answer): void {
		if (answer.type === "delta") this.tallies[answer.group]!.add(answer.delta);
		if (answer.type === "generator") this.#worst(answer.window);
	}

	/** Of all workers' states in one second the worst stands. */
	#worst(window: GeneratorWindow): void {
		const known = this.generator.get(window.second);
		if (known === undefined) {
			this.generator.set(window.second, window);
			return;
		}
		this.generator.set(window.second, {
			second: window.second,
			elu: Math.max(known.elu, window.elu),
			loopDelayP99: Math.max(known.loopDelayP99, window.loopDelayP99),
			gcPause: Math.max(known.gcPause, window.gcPause),
			due: known.due + window.due,
			sent: known.sent + window.sent,
			late: known.late + window.late,
			tainted: known.tainted || window.tainted,
		});
	}

	result(interrupted: boolean): Result {
		const { plan } = this;
		const groups = this.tallies.map((tally, i) => {
			const { transport, path } = plan.groups[i]!;
			return tally.toGroup({ transport, path: path.name, seconds: this.seconds[i]! });
		});
		const generator = [...this.generator.values()].sort((a, b) => a.second - b.second);
		const flags = doubts(groups, generator);
		const loopback = plan.paths.every(({ urls }) => urls.every(isLoopback));
		return {
			kind: RESULT_KIND,
			version: RESULT_VERSION,
			id: this.id,
			startedAt: this.startedAt,
			series: { id: this.id, index: 1, of: 1 },
			environment: environmentOf("swarm", loopback, CLOCK),
			plan: recordOf(plan),
			groups,
			generator,
			validity: { valid: flags.every(({ severity }) => severity !== "invalid"), flags },
			interrupted,
		};
	}
}

/**
 * Makes a load run. Aborting `stop` ends it early: what was measured is drained and returned as an
 * interrupted result. Throws a CommandError when a target does not answer or a worker dies.
 */
export async function runSwarm(plan: Plan, hooks: Hooks, stop: AbortSignal): Promise<Result> {
	await preflight(plan);
	const ledger = new Ledger(plan);
	const pool = new Pool(plan.processes, (answer) => ledger.hear(answer));
	const halt = () => pool.halt();
	stop.addEventListener("abort", halt, { once: true });
	try {
		await pool.ready();
		const total = plan.clients * plan.groups.length;
		hooks.progress(`opening ${total} sessions`);
		await pool.open(plan, nowUs() + HEAD_START);
		await measure(plan, pool, ledger, hooks, stop);
	} finally {
		stop.removeEventListener("abort", halt);
		await pool.close();
	}
	return ledger.result(stop.aborted);
}

async function measure(
	plan: Plan,
	pool: Pool,
	ledger: Ledger,
	hooks: Hooks,
	stop: AbortSignal,
): Promise<void> {
	let origin = 0;
	for (const [number, group] of plan.order.entries()) {
		if (stop.aborted) return;
		const { transport, path } = plan.groups[group]!;
		hooks.progress(
			`slot ${number + 1} of ${plan.order.length}: ${transport} ${path.name}, ${plan.slot.toFixed(1)} s`,
		);
		const startAt = nowUs() + HEAD_START;
		const measureAt = startAt + plan.warmup * 1e6;
		if (number === 0) origin = measureAt;
		const second = Math.floor((measureAt - origin) / 1e6);
		const slot: Slot = { number, group, startAt, measureAt, endAt: measureAt + plan.slot * 1e6, second };
		await pool.slot(slot);
		ledger.seconds[group]! += Math.max(0, Math.min(plan.slot, (nowUs() - measureAt) / 1e6));
		await hooks.grown?.(ledger.result(stop.aborted));
	}
}
