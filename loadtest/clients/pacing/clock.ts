/** One monotonic clock for all processes and threads of a host. */

/** Readings of both clocks at the start; the closest pair counts, for the first calls take up to a millisecond. */
const READINGS = 200;

/** `performance.now` starts at 0 in each process and thread; `hrtime` is the host's (CLOCK_MONOTONIC). */
const base = closestBase();

function hostUs(): number {
	return Number(process.hrtime.bigint()) / 1000;
}

function closestBase(): number {
	let closest = Number.POSITIVE_INFINITY;
	let found = 0;
	for (let i = 0; i < READINGS; i++) {
		const before = hostUs();
		const now = performance.now() * 1000;
		const after = hostUs();
		if (after - before >= closest) continue;
		closest = after - before;
		found = (before + after) / 2 - now;
	}
	return found;
}

/** Microseconds on the host's monotonic clock. */
export function nowUs(): number {
	return base + performance.now() * 1000;
}

/** What Node's timers count in, µs: whole milliseconds of this clock. */
export const TICK = 1000;

/** The first time from `at` on that lies in the middle of a tick. */
export function tickAfter(at: number): number {
	return Math.ceil(at / TICK - 0.5) * TICK + TICK / 2;
}

/** How the clock is named in results. */
export const CLOCK = "CLOCK_MONOTONIC by performance.now, one host";
