/** One monotonic clock for all processes and threads of a host. */

/** Pairs of readings at the start; the closest pair counts, because the first calls take up to a millisecond. */
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

/** The clock's name in results. */
export const CLOCK = "CLOCK_MONOTONIC by performance.now, one host";
