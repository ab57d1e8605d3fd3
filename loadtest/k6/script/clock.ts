/**
 * k6 has no `performance.now` and `Date.now` counts whole milliseconds, but the run's duration so far is
 * told in fractions of one (nanoseconds in k6's source, `ExecutionState.GetCurrentTestRunDuration`).
 */
import exec from "k6/execution";

/** Milliseconds since the run began, with fractions; the same clock in all VUs of one k6. */
export function now(): number {
	return exec.instance.currentTestRunDuration;
}

/** Where the run's beginning lies, epoch ms: each look at both clocks narrows it, none can be wrong. */
let least = Number.NEGATIVE_INFINITY;
let most = Number.POSITIVE_INFINITY;

/** Narrow enough, ms; and how long to look for it at a time, two ticks of the coarse clock. */
const NARROW = 0.02;
const PATIENCE = 2;

/** Epoch milliseconds, with fractions, of the moment the run began; mostly true to 0.01 ms. */
export function epochOfRun(): number {
	const begun = now();
	let at = begun;
	while (most - least > NARROW && at - begun < PATIENCE) {
		const coarse = Date.now();
		const after = now();
		// `coarse` was read between `at` and `after`, and the time then lay in [coarse, coarse + 1).
		least = Math.max(least, coarse - after);
		most = Math.min(most, coarse + 1 - at);
		at = after;
	}
	return (least + most) / 2;
}
