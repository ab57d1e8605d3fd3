/**
 * Handles all items that are due at the same grid time from one timer of Node: one wake-up for each batch. Those timers
 * count whole milliseconds and are always late; a time in the middle of a tick (`midTickAfter`) is met to half a
 * millisecond, before or after alike.
 */
import { nowUs, TICK_US } from "./clock.ts";
import { MAX_TURN_US } from "./pacer.ts";

/** As `pace`, but up to half a tick early. */
export function paceOnGrid<T extends { readonly at: number }>(
	due: Iterator<T>,
	send: (item: T) => void,
	stop: AbortSignal,
): Promise<void> {
	return new Promise((resolve) => {
		let next = due.next();
		let timer: NodeJS.Timeout | undefined;
		const end = () => {
			clearTimeout(timer);
			stop.removeEventListener("abort", end);
			resolve();
		};
		const turn = () => {
			const began = nowUs();
			let now = began;
			while (!stop.aborted && !next.done && next.value.at <= now + TICK_US / 2 && now < began + MAX_TURN_US) {
				send(next.value);
				next = due.next();
				now = nowUs();
			}
			if (stop.aborted) return;
			if (next.done) end();
			else timer = setTimeout(turn, ticksFrom(began, next.value.at));
		};
		if (stop.aborted) return resolve();
		stop.addEventListener("abort", end, { once: true });
		turn();
	});
}

/**
 * Milliseconds for a timer set in a turn that began at `began`, so that it ends in the tick around `at`: timers
 * count from the last whole millisecond before the turn.
 */
function ticksFrom(began: number, at: number): number {
	return Math.max(0, Math.ceil((at - TICK_US / 2) / TICK_US) - Math.floor(began / TICK_US));
}
