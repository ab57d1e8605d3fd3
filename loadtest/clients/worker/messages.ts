/** Messages between the run and its worker processes (JSON over IPC). Times are monotonic µs. */
import type { Plan } from "../../plan/plan.ts";
import type { Combine, GeneratorWindow } from "../../record/result.ts";
import type { Delta } from "../../record/tally.ts";
import type { Slot } from "../pacing/slot.ts";

/** From the run to a worker. */
export type Order =
	| { readonly type: "load"; readonly plan: Plan; readonly worker: number }
	/** Measure a load group's connection phases, with sessions opened one at a time. */
	| { readonly type: "phases"; readonly group: number; readonly sessions: number }
	| { readonly type: "open"; readonly startAt: number }
	| { readonly type: "slot"; readonly slot: Slot }
	/** End the slot now: drain and report. */
	| { readonly type: "halt" }
	| { readonly type: "close" };

/** From a worker to the run. */
export type Report =
	| { readonly type: "ready" }
	| { readonly type: "loaded" }
	| { readonly type: "phases-done" }
	/** The generator's state in one second of the opening. */
	| { readonly type: "opening"; readonly window: GeneratorWindow }
	| { readonly type: "opened" }
	| { readonly type: "delta"; readonly group: number; readonly delta: Delta }
	| {
			readonly type: "figure";
			readonly group: number;
			readonly name: string;
			readonly value: number;
			readonly unit: string;
			readonly how: Combine;
			/** The slot whose state the value is; a value without it is an amount. */
			readonly slot?: number;
	  }
	| { readonly type: "generator"; readonly window: GeneratorWindow }
	| { readonly type: "slot-done"; readonly number: number }
	| { readonly type: "closed" }
	| { readonly type: "failed"; readonly message: string };
