/**
 * A clock with fractions of a millisecond. k6 has no `performance.now`, and its `Date.now` counts whole
 * milliseconds, but it gives the duration of the run in finer steps (nanoseconds in k6's source,
 * `ExecutionState.GetCurrentTestRunDuration`).
 */
import exec from "k6/execution";

/** Milliseconds since the start of the run, with fractions; the same clock in all VUs of a k6 process. */
export function now(): number {
	return exec.instance.currentTestRunDuration;
}

/** Bounds on the start of the run, epoch ms. Every reading of both clocks can only narrow them. */
let earliest = Number.NEGATIVE_INFINITY;
let latest = Number.POSITIVE_INFINITY;

/** The precision to reach, and how long one call may search for it: two ticks of the coarse clock. */
const PRECISION_MS = 0.02;
const MAX_SEARCH_MS = 2;

/** The start of the run in epoch milliseconds, usually exact to 0.01 ms. */
export function epochOfRun(): number {
	const startedAt = now();
	let at = startedAt;
	while (latest - earliest > PRECISION_MS && at - startedAt < MAX_SEARCH_MS) {
		const coarse = Date.now();
		const after = now();
		// `coarse` was read between `at` and `after`, when the true time was in [coarse, coarse + 1).
		earliest = Math.max(earliest, coarse - after);
		latest = Math.min(latest, coarse + 1 - at);
		at = after;
	}
	return (earliest + latest) / 2;
}
