/** `--watch`: memory and CPU of processes that the user names. */
import { UsageError } from "../../../worker/command-line/command.ts";
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import type { Plan } from "../../plan/plan.ts";
import { cpuName } from "../../record/figures.ts";
import { type Usage, usageOf } from "../../record/process-usage.ts";
import type { Recorder } from "./recorder.ts";

/** Watches the processes of one run. */
export class Watch {
	/** By name; those that have ended are taken out. */
	readonly #pids: Map<string, number>;
	readonly #recorder: Recorder;
	/** CPU milliseconds so far by process and load group. */
	readonly #cpuMs = new Map<string, number>();

	constructor({ watch }: Pick<Plan, "watch">, recorder: Recorder) {
		this.#pids = new Map(Object.entries(watch));
		this.#recorder = recorder;
	}

	/** Records each process's memory. */
	async recordMemory(): Promise<void> {
		for (const [name, { residentBytes }] of await this.#usages())
			this.#recorder.addFigure({ name: `memory_most ${name}`, value: residentBytes, unit: "bytes" }, "max");
	}

	/** Starts to watch how much memory `sessions` sessions take; the function that is returned records it. */
	async startOpening(sessions: number): Promise<() => Promise<void>> {
		const before = await this.#usages();
		return async () => {
			for (const [name, { residentBytes }] of await this.#usages()) {
				const grown = residentBytes - (before.get(name)?.residentBytes ?? Number.NaN);
				if (sessions === 0 || Number.isNaN(grown)) continue;
				this.#recorder.addFigure(
					{ name: `memory_per_session ${name}`, value: grown / sessions, unit: "bytes" },
					"max",
				);
			}
		};
	}

	/** Starts to watch the CPU that a load group's slot takes; the function that is returned records it. */
	async startSlot({ transport, path }: LoadGroupPlan): Promise<() => Promise<void>> {
		const before = await this.#usages();
		return async () => {
			for (const [name, { cpuSeconds }] of await this.#usages()) {
				const used = cpuSeconds - (before.get(name)?.cpuSeconds ?? Number.NaN);
				if (Number.isNaN(used)) continue;
				const group = { transport, path: path.name };
				const key = [name, transport, path.name].join(" ");
				const total = (this.#cpuMs.get(key) ?? 0) + Math.round(used * 1000);
				this.#cpuMs.set(key, total);
				// The largest, not the sum: machines that watch a process of this name watch the same one.
				this.#recorder.addFigure({ name: cpuName(name), value: total, unit: "CPU ms", ...group }, "max");
			}
		};
	}

	/** What each process uses now. One that has ended raises a doubt, once. */
	async #usages(): Promise<Map<string, Usage>> {
		const usages = await usageOfAll(this.#pids);
		for (const [name, pid] of this.#pids) {
			if (usages.has(name) || !this.#pids.delete(name)) continue;
			this.#recorder.forgetFigure(cpuName(name));
			this.#recorder.addDoubt("process_gone", { name, pid });
		}
		return usages;
	}
}

/** Throws a UsageError that names a process which does not exist. */
export async function checkWatched({ watch }: Pick<Plan, "watch">): Promise<void> {
	const pids = new Map(Object.entries(watch));
	const usages = await usageOfAll(pids);
	for (const [name, pid] of pids)
		if (!usages.has(name))
			throw new UsageError(`--watch ${name}=${pid}: no such process; give the id of a running one.`);
}

async function usageOfAll(pids: ReadonlyMap<string, number>): Promise<Map<string, Usage>> {
	const usages = new Map<string, Usage>();
	for (const [name, pid] of pids) {
		const usage = await usageOf(pid);
		if (usage !== null) usages.set(name, usage);
	}
	return usages;
}
