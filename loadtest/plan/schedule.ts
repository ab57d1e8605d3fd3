/**
 * When each message is due: decided before the slot begins, so that a slow answer never holds back the
 * next send (open loop). Every worker computes the same schedule and sends its own clients' share.
 */
import { randomFrom } from "./random.ts";

/** Even gaps, or gaps as of people who know nothing of each other. */
export type Arrivals = "uniform" | "poisson";

/** Messages of one slot. `rate` is messages a second over all clients; times are µs from the slot's start. */
export interface ScheduleOptions {
	readonly arrivals: Arrivals;
	readonly rate: number;
	/** Milliseconds of the grid that times are put on, each on the nearest; 0 = as they fall. */
	readonly grain: number;
	readonly seed: number;
}

/** Endless due times in order, µs from the slot's start; the first one at half a gap. */
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

/** One message: which client sends it, and when it is due (µs from the slot's start). */
export interface Due {
	readonly client: number;
	readonly at: number;
}

/** The messages of the clients whose number leaves `worker` when divided by `workers`, in order of time. */
export function* shareOf(
	options: ScheduleOptions,
	clients: number,
	worker: number,
	workers: number,
): Generator<Due, never> {
	let client = 0;
	for (const at of schedule(options)) {
		if (client % workers === worker) yield { client, at };
		client = (client + 1) % clients;
	}
	throw new Error("a schedule has no end");
}
