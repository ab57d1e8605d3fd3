/**
 * When each message is due: decided before the slot begins, so that a slow answer never holds back the
 * next send (open loop). Every worker of every machine computes the same schedule and sends its own clients' share.
 */
import type { Settings } from "./fields.ts";
import { randomFrom } from "./random.ts";

/** Messages of one slot. */
export interface ScheduleOptions {
	/** Even gaps, or the exponential gaps of independent senders. */
	readonly arrivals: Settings["arrivals"];
	/** Messages per second over all clients. */
	readonly rate: number;
	/** Milliseconds of the grid to whose nearest time each message is moved; 0 = no grid. */
	readonly grain: number;
	readonly seed: number;
}

/** Endless due times in order, µs from the slot's start. */
export function* schedule({ arrivals, rate, grain, seed }: ScheduleOptions): Generator<number, never> {
	const gap = 1e6 / rate;
	const grid = grain * 1000;
	const random = randomFrom(seed);
	let due = gap / 2;
	for (let i = 0; ; i++) {
		if (arrivals === "poisson") due = (i === 0 ? 0 : due) - Math.log(1 - random()) * gap;
		else due = gap * (i + 0.5);
		yield grid > 0 ? Math.round(due / grid) * grid : due;
	}
}

/** One message: which client sends it, and when it is due (µs). */
export interface DueMessage {
	readonly client: number;
	readonly at: number;
}

/** One worker's share of the schedule. `worker` and `workers` are counted over all machines. */
export function* shareOf(
	options: ScheduleOptions,
	clients: number,
	worker: number,
	workers: number,
): Generator<DueMessage, never> {
	let client = 0;
	for (const at of schedule(options)) {
		if (client % workers === worker) yield { client, at };
		client = (client + 1) % clients;
	}
	throw new Error("a schedule has no end");
}
