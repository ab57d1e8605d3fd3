/** Calls at given times: never early, and as soon after as the metronome wakes this loop. */
import { nowUs } from "./clock.ts";
import { Metronome, RING } from "./precise-timer.ts";

/** µs after which a turn lets answers, timers and orders have theirs: who is behind would never stop sending. */
export const LONGEST_TURN = 10_000;

/** The process's own, started by the first who paces. */
let metronome: Metronome | null = null;

/**
 * Calls `fire` for each due time (monotonic µs, rising) when it has come, several in one turn when late;
 * never early. Resolves when `due` has no more or `stop` is aborted. One at a time in a process.
 */
export function pace<T extends { readonly at: number }>(
	due: Iterator<T>,
	fire: (item: T) => void,
	stop: AbortSignal,
): Promise<void> {
	metronome ??= new Metronome();
	const bell = metronome;
	return new Promise((resolve) => {
		const coming = new Coming(due, bell);
		const awake = setInterval(() => {}, 60_000);
		const end = () => {
			bell.listen(() => {});
			if (!coming.isOver) {
				bell.stop();
				metronome = null;
			}
			clearInterval(awake);
			stop.removeEventListener("abort", end);
			resolve();
		};
		const turn = () => {
			if (stop.aborted) return;
			const yieldAt = nowUs() + LONGEST_TURN;
			let now = nowUs();
			for (let next = coming.take(now); next !== null; next = coming.take(now)) {
				fire(next);
				now = nowUs();
				if (now < yieldAt) continue;
				setTimeout(turn, 0);
				return;
			}
			if (coming.isOver) end();
		};
		if (stop.aborted) return end();
		stop.addEventListener("abort", end, { once: true });
		bell.listen(turn);
		turn();
	});
}

/** The next due times, told to the metronome before they come. */
class Coming<T extends { readonly at: number }> {
	readonly #due: Iterator<T>;
	readonly #bell: Metronome;
	readonly #next: T[] = [];
	#ended = false;

	constructor(due: Iterator<T>, bell: Metronome) {
		this.#due = due;
		this.#bell = bell;
	}

	get isOver(): boolean {
		return this.#ended && this.#next.length === 0;
	}

	/** The next item if it is due. */
	take(now: number): T | null {
		this.#fill();
		if (this.#next.length === 0 || this.#next[0]!.at > now) return null;
		return this.#next.shift()!;
	}

	#fill(): void {
		while (!this.#ended && this.#next.length < RING / 2) {
			const { done, value } = this.#due.next();
			if (done) this.#ended = true;
			else {
				this.#next.push(value);
				this.#bell.add(value.at);
			}
		}
	}
}

/** Resolves at a monotonic time, to a millisecond or two, or when `stop` is aborted. */
export function until(at: number, stop: AbortSignal): Promise<void> {
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
