/**
 * Requests of sessions that wait for their node, so that one's arrival can end another's wait: a timer for
 * each costs a poll 6 %. Plain lists, one for each length of wait, in which the first is the first to be late.
 */
import { Late } from "./within.ts";

interface Waiter {
	/** Epoch ms. */
	readonly until: number;
	readonly expire: (reason: Late) => void;
	before: Waiter;
	after: Waiter;
}

export interface Waiting {
	/** By the limit in ms; each begins and ends with a waiter that nobody is. */
	readonly lists: Map<number, Waiter>;
	count: number;
	/** Epoch ms: when a wait last began, and when the lists were last looked through. */
	beganAt: number;
	sweptAt: number;
}

/** Milliseconds without a request of a session after which nobody may come to end a wait. */
const QUIET = 1000;
/** Waits kept at most: what a client that left leaves behind stays until it is late. */
const MOST = 2000;
/** Milliseconds between two looks through the lists. */
const SWEEP_EVERY = 1000;

export function newWaiting(): Waiting {
	return { lists: new Map(), count: 0, beganAt: 0, sweptAt: 0 };
}

/** Whether a wait that begins now may be left to those who come after it. Ends those that are late already. */
export function isWatched(waiting: Waiting, now: number): boolean {
	const busy = now - waiting.beganAt < QUIET;
	waiting.beganAt = now;
	if (now - waiting.sweptAt >= SWEEP_EVERY) sweep(waiting, now);
	return busy && waiting.count < MOST;
}

/** What `wait` gives, if it does so before `limit` ms are over and another request finds that they are; else rejects with `Late`. */
export function watched<T>(waiting: Waiting, limit: number, now: number, wait: Promise<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const waiter = enter(waiting, limit, now, reject);
		wait.then(
			(value) => {
				leave(waiting, waiter);
				resolve(value);
			},
			(error: unknown) => {
				leave(waiting, waiter);
				reject(error);
			},
		);
	});
}

/** Ends every wait whose time is over. */
export function sweep(waiting: Waiting, now: number): void {
	waiting.sweptAt = now;
	for (const nobody of waiting.lists.values())
		for (let first = nobody.after; first !== nobody && first.until <= now; first = nobody.after) {
			leave(waiting, first);
			first.expire(new Late());
		}
}

function enter(waiting: Waiting, limit: number, now: number, expire: (reason: Late) => void): Waiter {
	const nobody = listOf(waiting, limit);
	const waiter: Waiter = { until: now + limit, expire, before: nobody.before, after: nobody };
	nobody.before.after = waiter;
	nobody.before = waiter;
	waiting.count += 1;
	return waiter;
}

/** Takes it out; once out it points at itself, so that to leave again changes nothing. */
function leave(waiting: Waiting, waiter: Waiter): void {
	if (waiter.after === waiter) return;
	waiter.before.after = waiter.after;
	waiter.after.before = waiter.before;
	waiter.before = waiter;
	waiter.after = waiter;
	waiting.count -= 1;
}

function listOf(waiting: Waiting, limit: number): Waiter {
	let nobody = waiting.lists.get(limit);
	if (nobody === undefined) {
		nobody = { until: Number.POSITIVE_INFINITY, expire: () => {} } as unknown as Waiter;
		nobody.before = nobody;
		nobody.after = nobody;
		waiting.lists.set(limit, nobody);
	}
	return nobody;
}
