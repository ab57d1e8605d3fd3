/** Counts of sends for the generator's self-check. */

/** A message that leaves this long after it was due counts as late. */
export const LATE_US = 5000;

/** Messages due, sent, and sent late; `waited`: µs in which the event loop was awake but had nothing to do (pacer.ts). */
export interface SendCounts {
	due: number;
	sent: number;
	late: number;
	waited: number;
}

/** Counts a message that was due at `at` and is handled at `now`; returns whether it is late. */
export function countDue(sends: SendCounts, at: number, now: number): boolean {
	const isLate = now - at > LATE_US;
	sends.due += 1;
	if (isLate) sends.late += 1;
	return isLate;
}
