/** Calls at given times, as finely as Node's timers allow: about a millisecond late, never early. */
import { nowUs } from "./clock.ts";

/** µs after which a turn lets answers, timers and orders have theirs: who is behind would never stop sending. */
const LONGEST_TURN = 10_000;

/**
 * Calls `fire` for each due time (monotonic µs, rising) when it has come, several in one turn when late;
 * never early. Resolves when `due` has no more or `stop` is aborted.
 */
export function pace<T extends { readonly at: number }>(
	due: Iterator<T>,
	fire: (item: T) => void,
	stop: AbortSignal,
): Promise<void> {
	return new Promise((resolve) => {
		let next = due.next();
		let timer: NodeJS.Timeout;
		const end = () => {
			clearTimeout(timer);
			stop.removeEventListener("abort", end);
			resolve();
		};
		const turn = () => {
			const yieldAt = nowUs() + LONGEST_TURN;
			let now = nowUs();
			while (!next.done && next.value.at <= now) {
				fire(next.value);
				next = due.next();
				now = nowUs();
				if (now < yieldAt) continue;
				timer = setTimeout(turn, 0);
				return;
			}
			if (next.done) return end();
			// Rounded up: Node cuts fractions off, and would wake twice for one send.
			timer = setTimeout(turn, Math.ceil((next.value.at - nowUs()) / 1000));
		};
		if (stop.aborted) return end();
		stop.addEventListener("abort", end, { once: true });
		turn();
	});
}

/** Resolves at a monotonic time, or when `stop` is aborted. */
export function until(at: number, stop: AbortSignal): Promise<void> {
	return pace([{ at }].values(), () => {}, stop);
}
