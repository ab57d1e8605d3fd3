/** What a run has gathered so far, and the result it makes. */
import { randomUUID } from "node:crypto";
import { isLoopback } from "../../plan/paths.ts";
import type { Plan } from "../../plan/plan.ts";
import { recordOf } from "../../plan/stored-plan.ts";
import { environmentOf } from "../../record/environment.ts";
import { figuresOf } from "../../record/figures.ts";
import { bySecond } from "../../record/generator.ts";
import {
	type Figure,
	type GeneratorWindow,
	RESULT_KIND,
	RESULT_VERSION,
	type Result,
} from "../../record/result.ts";
import { withTaint } from "../../record/taint.ts";
import { Tally } from "../../record/tally.ts";
import { doubtsAbout, validity } from "../../record/validity.ts";
import { CLOCK } from "../pacing/clock.ts";
import type { Answer } from "../worker/messages.ts";

/** The tool as a result names it. */
const TOOL = "swarm";

/** Runs made together for comparison. */
export interface Series {
	readonly id: string;
	readonly index: number;
	readonly of: number;
}

/** Adds up what the workers say. */
export class Ledger {
	readonly plan: Plan;
	readonly startedAt = new Date().toISOString();
	readonly id = randomUUID();
	readonly series: Series;
	readonly tallies: Tally[];
	/** Seconds each group has been measured. */
	readonly seconds: number[];
	#generator: GeneratorWindow[] = [];
	readonly #outcomes = new Map<string, Figure>();

	constructor(plan: Plan, series: Series | null) {
		this.plan = plan;
		this.series = series ?? { id: this.id, index: 1, of: 1 };
		this.tallies = plan.groups.map(() => new Tally());
		this.seconds = plan.groups.map(() => 0);
	}

	hear(answer: Answer): void {
		if (answer.type === "delta") this.tallies[answer.group]!.add(answer.delta);
		if (answer.type === "generator") this.#generator = bySecond([...this.#generator, answer.window]);
		if (answer.type !== "outcome") return;
		const { transport, path } = this.plan.groups[answer.group]!;
		const { name, unit, how } = answer;
		this.note({ name, unit, value: answer.value, transport, path: path.name }, how);
	}

	/** Keeps a figure; one of the same name and group is added to, or the larger stands. */
	note(outcome: Figure, how: "sum" | "max"): void {
		const key = [outcome.transport, outcome.path, outcome.name].join(" ");
		const known = this.#outcomes.get(key)?.value ?? 0;
		const value = how === "sum" ? known + outcome.value : Math.max(known, outcome.value);
		this.#outcomes.set(key, { ...outcome, value });
	}

	/** The result as it stands now. */
	result(interrupted: boolean): Result {
		const { plan } = this;
		const groups = this.tallies.map((tally, i) => {
			const { transport, path } = plan.groups[i]!;
			return tally.toGroup({ transport, path: path.name, seconds: this.seconds[i]! });
		});
		const generator = withTaint(this.#generator, groups);
		const record = recordOf(plan);
		const doubts = doubtsAbout({ tool: TOOL, plan: record }, groups, generator);
		return {
			kind: RESULT_KIND,
			version: RESULT_VERSION,
			id: this.id,
			startedAt: this.startedAt,
			series: this.series,
			environment: environmentOf(
				TOOL,
				plan.paths.every(({ urls }) => urls.every(isLoopback)),
				CLOCK,
			),
			plan: record,
			groups,
			generator,
			outcomes: [...this.#outcomes.values(), ...figuresOf(groups, plan)],
			validity: validity(doubts),
			interrupted,
		};
	}
}
