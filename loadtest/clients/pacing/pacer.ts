/** Handles items at their due times: never early, and as soon after as the precise timer wakes this event loop. */
import { nowUs } from "./clock.ts";
import { PreciseTimer, RING_SIZE } from "./precise-timer.ts";

/** A turn that lasts longer yields to answers, timers and orders, which a worker that is behind would otherwise never handle. */
export const MAX_TURN_US = 10_000;

/** The process's own, started by the first call of `pace`. */
let processTimer: PreciseTimer | null = null;

/**
 * Calls `send` for each item when it is due (monotonic µs, rising), several in one turn when late; never early.
 * Resolves when `due` has no more or `stop` is aborted. One at a time in a process.
 */
export function pace<T extends { readonly at: number }>(
	due: Iterator<T>,
	send: (item: T) => void,
	stop: AbortSignal,
): Promise<void> {
	processTimer ??= new PreciseTimer();
	const timer = processTimer;
	return new Promise((resolve) => {
		const queue = new DueQueue(due, timer);
		const keepAlive = setInterval(() => {}, 60_000);
		const end = () => {
			timer.listen(() => {});
			if (!queue.isOver) {
				timer.stop();
				processTimer = null;
			}
			clearInterval(keepAlive);
			stop.removeEventListener("abort", end);
			resolve();
		};
		const turn = () => {
			if (stop.aborted) return;
			const yieldAt = nowUs() + MAX_TURN_US;
			let now = nowUs();
			for (let next = queue.take(now); next !== null; next = queue.take(now)) {
				send(next);
				now = nowUs();
				if (now < yieldAt) continue;
				setTimeout(turn, 0);
				return;
			}
			if (queue.isOver) end();
		};
		if (stop.aborted) return end();
		stop.addEventListener("abort", end, { once: true });
		timer.listen(turn);
		turn();
	});
}

/** The next items; the timer learns their due times before they come. */
class DueQueue<T extends { readonly at: number }> {
	readonly #due: Iterator<T>;
	readonly #timer: PreciseTimer;
	readonly #next: T[] = [];
	#ended = false;

	constructor(due: Iterator<T>, timer: PreciseTimer) {
		this.#due = due;
		this.#timer = timer;
	}

	get isOver(): boolean {
		return this.#ended && this.#next.length === 0;
	}

	/** Takes the next item if it is due. */
	take(now: number): T | null {
		this.#fill();
		if (this.#next.length === 0 || this.#next[0]!.at > now) return null;
		return this.#next.shift()!;
	}

	#fill(): void {
		while (!this.#ended && this.#next.length < RING_SIZE / 2) {
			const { done, value } = this.#due.next();
			if (done) this.#ended = true;
			else {
				this.#next.push(value);
				this.#timer.add(value.at);
			}
		}
	}
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
