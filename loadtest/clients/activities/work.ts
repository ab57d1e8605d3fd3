/** What an activity is given for one slot in one worker. */

import { placeOf } from "../../plan/machine.ts";
import type { Plan } from "../../plan/plan.ts";
import { type DueMessage, shareOf } from "../../plan/schedule.ts";
import type { Combine } from "../../record/result.ts";
import type { LoadGroup } from "../client/load-group.ts";
import type { SendCounts } from "../pacing/sends.ts";
import type { Slot } from "../pacing/slot.ts";

/** One slot's work. */
export interface Work {
	readonly plan: Plan;
	readonly slot: Slot;
	readonly group: LoadGroup;
	/** This process's number, from 0. */
	readonly worker: number;
	/** Sends for the self-check. */
	readonly sends: SendCounts;
	/** Ends the slot early. */
	readonly stop: AbortSignal;
	/** Reports a figure of the load group that is not a latency: an amount of this slot, which slots add up. */
	figure(name: string, value: number, unit: string, how: Combine): void;
	/** The same for a state at the slot's end, which replaces that of the slot before. */
	state(name: string, value: number, unit: string, how: Combine): void;
	/** Calls back about once a second until the slot is done. */
	everySecond(callback: () => void): void;
}

/** This worker's messages of the slot, at monotonic µs. */
export function* messagesOf({ plan, slot, worker }: Work): Generator<DueMessage> {
	const { arrivals, rate, grain } = plan;
	const options = { arrivals, rate, grain, seed: plan.seed + slot.number };
	const place = placeOf(plan, worker);
	for (const { client, at } of shareOf(options, plan.clients, place.index, place.of)) {
		if (slot.startAt + at >= slot.endAt) return;
		yield { client, at: slot.startAt + at };
	}
}
