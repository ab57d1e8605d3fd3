/**
 * Calls at the times of a grid, all that belong to one time in one turn, by Node's own timers: one wake-up for a
 * group. Those timers know whole milliseconds, and would always be late; a time that lies in the middle of a tick
 * (`tickAfter`) is met to half a millisecond, before or after alike.
 */
import { nowUs, TICK } from "./clock.ts";
import { LONGEST_TURN } from "./pacer.ts";

/** Calls `fire` for each due time (monotonic µs, rising); else as `pace`, but up to half a tick early. */
export function beat<T extends { readonly at: number }>(
	due: Iterator<T>,
	fire: (item: T) => void,
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
			while (!stop.aborted && !next.done && next.value.at <= now + TICK / 2 && now < began + LONGEST_TURN) {
				fire(next.value);
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
	return Math.max(0, Math.ceil((at - TICK / 2) / TICK) - Math.floor(began / TICK));
}
