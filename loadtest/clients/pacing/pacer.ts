/**
 * Acts on items at their due times: each is prepared shortly before, so that only the last step is left when it is
 * due. Node's timers are late by a millisecond or more, which would be added to every response time; so the event loop
 * sleeps only until the preparation, then stays awake. It goes on handling answers while it waits.
 */
import { nowUs } from "./clock.ts";
import type { SendCounts } from "./sends.ts";

/** How long before its due time an item is prepared: longer than a timer of Node is late, and than the preparation. */
const LEAD_US = 1000;
/** A shorter wait is not left to a timer. */
const SHORTEST_SLEEP_US = 1300;
/** No preparation starts this soon before another item is due: it would delay it. */
const QUIET_US = 100;
/** A turn that lasts longer yields to answers, timers and orders, which a worker that is behind would otherwise never handle. */
const MAX_TURN_US = 10_000;
/** A turn of the event loop that does nothing takes about 3 µs; one that takes longer has handled an answer. */
const EMPTY_TURN_US = 20;

/** An item of a schedule: `at` is when it is due (monotonic µs). */
export interface Due {
	readonly at: number;
}

/** What is left to do for a prepared item. */
interface Prepared extends Due {
	readonly act: () => void;
}

/** What `pace` needs besides the items. */
export interface Pacing {
	/** Ends it early. */
	readonly stop: AbortSignal;
	/** Gets the time spent awake with nothing to do. */
	readonly sends: Pick<SendCounts, "waited">;
}

/**
 * Calls `prepare` for each item (in the order of their due times) up to a millisecond early, and the function that it
 * returns when the item is due: never early, and several in one turn when late. Resolves when `due` has no more or
 * `stop` is aborted.
 */
export function pace<T extends Due>(
	due: Iterator<T>,
	prepare: (item: T) => () => void,
	{ stop, sends }: Pacing,
): Promise<void> {
	return new Promise((resolve) => {
		const prepared: Prepared[] = [];
		let next = due.next();
		let timer: NodeJS.Timeout | undefined;
		/** When the last turn ended that had nothing to do; 0 = it had. */
		let waitingSince = 0;
		const end = () => {
			clearTimeout(timer);
			stop.removeEventListener("abort", end);
			resolve();
		};
		/** Does one thing that is due at `now`, if there is one. */
		const step = (now: number): boolean => {
			if (prepared.length > 0 && prepared[0]!.at <= now) {
				prepared.shift()!.act();
				return true;
			}
			if (next.done || !isTime(next.value.at, now)) return false;
			prepared.push({ at: next.value.at, act: prepare(next.value) });
			next = due.next();
			return true;
		};
		const isTime = (at: number, now: number) => {
			if (at <= now) return true;
			return at - LEAD_US <= now && (prepared.length === 0 || prepared[0]!.at - now > QUIET_US);
		};
		const turn = () => {
			if (stop.aborted) return;
			const began = nowUs();
			if (waitingSince > 0 && began - waitingSince < EMPTY_TURN_US) sends.waited += began - waitingSince;
			let now = began;
			let steps = 0;
			while (now < began + MAX_TURN_US && !stop.aborted && step(now)) {
				steps += 1;
				now = nowUs();
			}
			waitingSince = steps === 0 ? began : 0;
			if (prepared.length === 0 && next.done) end();
			else wait(now);
		};
		const wait = (now: number) => {
			const sleep = prepared.length > 0 || next.done ? 0 : next.value.at - LEAD_US - now;
			if (sleep < SHORTEST_SLEEP_US) setImmediate(turn);
			else {
				waitingSince = 0;
				timer = setTimeout(turn, Math.floor((sleep - (SHORTEST_SLEEP_US - 1000)) / 1000));
			}
		};
		if (stop.aborted) return resolve();
		stop.addEventListener("abort", end, { once: true });
		turn();
	});
}

/** Resolves at a monotonic time (µs), to a millisecond or two, or when `stop` is aborted. */
export function sleepUntil(at: number, stop: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (stop.aborted) return resolve();
		const end = () => {
			clearTimeout(timer);
			stop.removeEventListener("abort", end);
			resolve();
		};
		const timer = setTimeout(end, Math.max(0, Math.ceil((at - nowUs()) / 1000)));
		stop.addEventListener("abort", end, { once: true });
	});
}
