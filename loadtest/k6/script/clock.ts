/**
 * k6 has no `performance.now` and `Date.now` counts whole milliseconds, but the run's duration so far is
 * told in fractions of one (nanoseconds in k6's source, `ExecutionState.GetCurrentTestRunDuration`).
 */
import exec from "k6/execution";

/** Milliseconds since the run began, with fractions; the same clock in all VUs of one k6. */
export function now(): number {
	return exec.instance.currentTestRunDuration;
}

/** The VU's own copy: a module is loaded once for each VU. */
let epoch = Number.NaN;

/** Epoch milliseconds, with fractions, of the moment the run began; true to some 0.02 ms. */
export function epochOfRun(): number {
	if (Number.isNaN(epoch)) epoch = readEpoch();
	return epoch;
}

/** Watches the coarse clock tick over (1 ms at most): at that moment it has no fraction. */
function readEpoch(): number {
	const before = Date.now();
	let tick = before;
	while (tick === before) tick = Date.now();
	return tick - now();
}
