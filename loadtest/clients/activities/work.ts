/** What an activity is given for one slot in one worker. */
import type { Plan } from "../../plan/plan.ts";
import { type Due, shareOf } from "../../plan/schedule.ts";
import type { Crew } from "../client/load-group.ts";
import type { Slot } from "../worker/messages.ts";
import type { SendCounts } from "../worker/self-check.ts";

/** One slot's work. */
export interface Work {
	readonly plan: Plan;
	readonly slot: Slot;
	readonly crew: Crew;
	/** This process's number, from 0. */
	readonly worker: number;
	/** For the self-check: sends due, made, late. */
	readonly sends: SendCounts;
	/** Ends the slot early. */
	readonly stop: AbortSignal;
	/** A figure of the group that is no latency; workers' values are added, or the largest stands. */
	outcome(name: string, value: number, unit: string, how: "sum" | "max"): void;
	/** Calls back about once a second until the slot is done. */
	everySecond(then: () => void): void;
}

/** This worker's messages of the slot, at monotonic µs. */
export function* messagesOf({ plan, slot, worker }: Work): Generator<Due> {
	const { arrivals, rate, grain } = plan;
	const options = { arrivals, rate, grain, seed: plan.seed + slot.number };
	for (const { client, at } of shareOf(options, plan.clients, worker, plan.processes)) {
		if (slot.startAt + at >= slot.endAt) return;
		yield { client, at: slot.startAt + at };
	}
}

/** The second of measurement that a time of the slot falls in; -1 in warm-up. */
export function secondIn(slot: Slot, at: number): number {
	return at < slot.measureAt ? -1 : slot.second + Math.floor((at - slot.measureAt) / 1e6);
}
