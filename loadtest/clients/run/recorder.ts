/** Gathers what the workers report, and makes the result of it. */
import { randomUUID } from "node:crypto";
import { isLoopback } from "../../plan/paths.ts";
import type { Plan } from "../../plan/plan.ts";
import { recordOf, storedIn } from "../../plan/stored-plan.ts";
import { type Doubt, type DoubtCode, type DoubtFacts, doubt } from "../../record/doubts.ts";
import { environmentOf } from "../../record/environment.ts";
import { figuresOf } from "../../record/figures.ts";
import { bySecond } from "../../record/generator.ts";
import { Outcomes } from "../../record/outcomes.ts";
import {
	type Combine,
	type Figure,
	type Flag,
	type GeneratorWindow,
	RESULT_KIND,
	RESULT_VERSION,
	type Result,
} from "../../record/result.ts";
import { withTaint } from "../../record/taint.ts";
import { Tally } from "../../record/tally.ts";
import { doubtsAbout, validity } from "../../record/validity.ts";
import { CLOCK } from "../pacing/clock.ts";
import type { Report } from "../worker/messages.ts";

/** The tool's name in a result. */
const TOOL = "swarm";

/** Runs made together for comparison. */
export interface Series {
	readonly id: string;
	readonly index: number;
	readonly of: number;
}

/** Adds up the workers' reports of one run. */
export class Recorder {
	readonly #plan: Plan;
	readonly #startedAt = new Date().toISOString();
	readonly #id = randomUUID();
	readonly #series: Series;
	readonly #known: readonly Flag[];
	readonly #tallies: Tally[];
	/** Seconds in which each load group has been measured. */
	readonly #seconds: number[];
	#generator: GeneratorWindow[] = [];
	#opening: GeneratorWindow[] = [];
	readonly #outcomes = new Outcomes();
	readonly #doubts: Doubt[] = [];

	/** `known`: doubts from before the load. */
	constructor(plan: Plan, series: Series | null, known: readonly Flag[] = []) {
		this.#plan = plan;
		this.#known = known;
		this.#series = series ?? { id: this.#id, index: 1, of: 1 };
		this.#tallies = plan.groups.map(() => new Tally());
		this.#seconds = plan.groups.map(() => 0);
	}

	/** Adds a worker's report. */
	add(report: Report): void {
		if (report.type === "delta") this.#tallies[report.group]!.add(report.delta);
		if (report.type === "generator") this.#generator = bySecond([...this.#generator, report.window]);
		if (report.type === "opening") this.#opening = bySecond([...this.#opening, report.window]);
		if (report.type !== "figure") return;
		const { transport, path } = this.#plan.groups[report.group]!;
		const { name, unit, value, how, slot } = report;
		this.#outcomes.add({ name, unit, value, transport, path: path.name }, how, slot);
	}

	/** Adds a figure to the values with the same name and load group. */
	addFigure(figure: Figure, how: Combine): void {
		this.#outcomes.add(figure, how);
	}

	/** Drops a figure that turned out to be incomplete. */
	forgetFigure(name: string): void {
		this.#outcomes.forget(name);
	}

	/** Adds a doubt that the figures do not show. */
	addDoubt<Code extends DoubtCode>(code: Code, facts: DoubtFacts<Code>): void {
		this.#doubts.push(doubt({ tool: TOOL, plan: recordOf(this.#plan) }, code, "warning", facts));
	}

	/** Adds to the time in which a load group has been measured. */
	addSeconds(group: number, seconds: number): void {
		this.#seconds[group]! += Math.max(0, seconds);
	}

	/** The result so far. */
	result(interrupted: boolean): Result {
		const plan = this.#plan;
		const groups = this.#tallies.map((tally, i) => {
			const { transport, path } = plan.groups[i]!;
			return tally.toGroup({ transport, path: path.name, seconds: this.#seconds[i]! });
		});
		const generator = withTaint(this.#generator, groups);
		const opening = withTaint(this.#opening, groups, ["opening"]);
		const record = recordOf(plan);
		// A watched process also works for the other machines: its CPU by message needs their counts, in a merge.
		const { figures: outcomes } = this.#outcomes;
		const derived = figuresOf(
			groups,
			{ ...plan, generator, share: Number(storedIn(record, "connectRate")) / plan.connectRate },
			plan.machine.of === 1 ? outcomes : [],
		);
		const loopback = plan.paths.every(({ urls }) => urls.every(isLoopback));
		return {
			kind: RESULT_KIND,
			version: RESULT_VERSION,
			id: this.#id,
			startedAt: this.#startedAt,
			series: this.#series,
			environment: environmentOf(TOOL, loopback, CLOCK),
			plan: record,
			groups,
			generator,
			...(opening.length > 0 && { opening }),
			outcomes: [...outcomes, ...derived],
			validity: validity([
				...this.#known,
				...doubtsAbout({ tool: TOOL, plan: record }, groups, generator, opening),
				...this.#doubts,
			]),
			interrupted,
		};
	}
}
