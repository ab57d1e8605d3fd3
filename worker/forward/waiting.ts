/**
 * Requests of sessions that wait for their node, kept so that one's arrival can end the wait of others: a timer
 * for each costs a poll 5 %. What is kept of a request is the function that ends its wait and nothing else; the
 * runtime runs what follows in that request's own context. Where requests are rare each has its timer.
 */
import { type Knowledge, stateAt } from "../health/knowledge.ts";
import { Late } from "./within.ts";

type Expire = (reason: Late) => void;

class Waiter {
	/** Epoch ms. */
	readonly until: number;
	readonly expire: Expire;
	/** For a poll what is known of its node, and the node's place; null for all else. */
	readonly known: Knowledge | null;
	readonly node: number;
	/** Alone it is a ring of its own. */
	before: Waiter = this;
	after: Waiter = this;

	constructor(until: number, expire: Expire, known: Knowledge | null, node: number) {
		this.until = until;
		this.expire = expire;
		this.known = known;
		this.node = node;
	}
}

export interface Waiting {
	/** By the limit in ms; a ring, begun and closed by a waiter that nobody is, in the order in which they will be late. */
	readonly rings: Map<number, Waiter>;
	count: number;
	/** Epoch ms: when a wait last began, and when the rings were last looked through. */
	beganAt: number;
	sweptAt: number;
}

/** Milliseconds without a request of a session after which nobody may come to end a wait. */
const QUIET = 1000;
/** Waits kept at most: what a client that left leaves behind stays until it is late. */
const MOST = 2000;
/** Milliseconds between two looks through the rings. */
const SWEEP_EVERY = 1000;

export function newWaiting(): Waiting {
	return { rings: new Map(), count: 0, beganAt: 0, sweptAt: 0 };
}

/** Whether a wait that begins now may be left to those who come after it. Ends those that are late already; `informed`: the monitor was heard. */
export function isWatched(waiting: Waiting, now: number, informed: boolean): boolean {
	const busy = now - waiting.beganAt < QUIET;
	waiting.beganAt = now;
	if (now - waiting.sweptAt >= SWEEP_EVERY) sweep(waiting, now, informed);
	return busy && waiting.count < MOST;
}

/** What is waited for: `limit` ms from `now`; of a poll also what is known of its node. */
export interface Wait {
	readonly limit: number;
	readonly now: number;
	readonly known: Knowledge | null;
	readonly node: number;
}

/** What `answer` gives, if it does so before the limit is over and another request finds that it is; else rejects with `Late`. */
export function watched<T>(waiting: Waiting, wait: Wait, answer: Promise<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const waiter = enter(waiting, wait, reject);
		answer.then(
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

/**
 * Ends every wait whose time is over. A poll at a node that is well is only forgotten: the node answers it
 * within pingInterval or closes its session, so the client has left, and to end a request whose client was
 * seen to leave would make the runtime warn in the log, once for each closed tab.
 */
export function sweep(waiting: Waiting, now: number, informed: boolean): void {
	waiting.sweptAt = now;
	for (const nobody of waiting.rings.values())
		for (let first = nobody.after; first !== nobody && first.until <= now; first = nobody.after) {
			leave(waiting, first);
			if (!informed || !isPollOfWellNode(first)) first.expire(new Late());
		}
}

function isPollOfWellNode({ known, node }: Waiter): boolean {
	return known !== null && stateAt(known, node) === "UP" && known.failures[node] === 0;
}

function enter(waiting: Waiting, { limit, now, known, node }: Wait, expire: Expire): Waiter {
	const nobody = ringOf(waiting, limit);
	const waiter = new Waiter(now + limit, expire, known, node);
	waiter.before = nobody.before;
	waiter.after = nobody;
	nobody.before.after = waiter;
	nobody.before = waiter;
	waiting.count += 1;
	return waiter;
}

/** Takes it out; to leave again changes nothing. */
function leave(waiting: Waiting, waiter: Waiter): void {
	if (waiter.after === waiter) return;
	waiter.before.after = waiter.after;
	waiter.after.before = waiter.before;
	waiter.before = waiter;
	waiter.after = waiter;
	waiting.count -= 1;
}

function ringOf(waiting: Waiting, limit: number): Waiter {
	let nobody = waiting.rings.get(limit);
	if (nobody === undefined) {
		nobody = new Waiter(Number.POSITIVE_INFINITY, () => {}, null, -1);
		waiting.rings.set(limit, nobody);
	}
	return nobody;
}
