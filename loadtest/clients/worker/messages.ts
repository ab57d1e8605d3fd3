/** What the run and its worker processes say to each other (JSON over IPC). Times are monotonic µs. */
import type { Plan } from "../../plan/plan.ts";
import type { GeneratorWindow } from "../../record/result.ts";
import type { Delta } from "../../record/tally.ts";

/** One group's turn. */
export interface Slot {
	readonly number: number;
	readonly group: number;
	/** Warm-up begins; measurement begins; measurement ends. */
	readonly startAt: number;
	readonly measureAt: number;
	readonly endAt: number;
	/** Seconds of the run's measurement at `measureAt`. */
	readonly second: number;
}

/** From the run to a worker. */
export type Order =
	| { readonly type: "open"; readonly plan: Plan; readonly worker: number; readonly startAt: number }
	| { readonly type: "slot"; readonly slot: Slot }
	/** End the slot now: drain and report. */
	| { readonly type: "halt" }
	| { readonly type: "close" };

/** From a worker to the run. */
export type Answer =
	| { readonly type: "ready" }
	| { readonly type: "opened" }
	| { readonly type: "delta"; readonly group: number; readonly delta: Delta }
	| {
			readonly type: "outcome";
			readonly group: number;
			readonly name: string;
			readonly value: number;
			readonly unit: string;
			readonly how: "sum" | "max";
	  }
	| { readonly type: "generator"; readonly window: GeneratorWindow }
	| { readonly type: "slot-done"; readonly number: number }
	| { readonly type: "closed" }
	| { readonly type: "failed"; readonly message: string };
