/** One monotonic clock for all processes of a host. */

/** `performance.now` starts at 0 in each process; `hrtime` is the host's (CLOCK_MONOTONIC). */
const base = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000;

/** Microseconds on the host's monotonic clock. */
export function nowUs(): number {
	return base + performance.now() * 1000;
}

/** How the clock is named in results. */
export const CLOCK = "CLOCK_MONOTONIC by performance.now, one host";
