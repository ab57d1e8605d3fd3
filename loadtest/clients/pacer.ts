/** Calls at given times, as finely as Node's timers allow. */
import { nowUs } from "./clock.ts";

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
			while (!next.done && next.value.at <= nowUs()) {
				fire(next.value);
				next = due.next();
			}
			if (next.done) return end();
			timer = setTimeout(turn, Math.max(0, (next.value.at - nowUs()) / 1000));
		};
		if (stop.aborted) return end();
		stop.addEventListener("abort", end, { once: true });
		turn();
	});
}
