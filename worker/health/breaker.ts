/** An isolate's own evidence of a node: failures seen in traffic. It steers new sessions only. */
import type { Knowledge } from "./knowledge.ts";

/**
 * What an attempt showed of a node. `ok`: it answered, whatever the status. `refused`: it is well and takes
 * no new session. `unreachable`: it could not be reached or broke off. `timeout`: no headers in time.
 */
export type Outcome = "ok" | "refused" | "unreachable" | "timeout";

/** Failures in a row that open it. */
export const THRESHOLD = 3;
/** Milliseconds: the first pause, and the longest; each failed trial doubles it. */
export const FIRST_PAUSE = 1000;
export const LONGEST_PAUSE = 30_000;
/** Milliseconds for which a node's own refusal (draining, full) is believed. */
export const REFUSAL_LIFETIME = 3000;

/** Whether the node at `i` may be chosen: closed, or due for a trial; for a new session, also not refused of late. */
export function admits(known: Knowledge, i: number, now: number, session: boolean): boolean {
	return known.openUntil[i]! <= now && !(session && known.refusedUntil[i]! > now);
}

/** A trial is under way: the others wait until it has an answer or took a pause's time. */
export function onPick(known: Knowledge, i: number, now: number): void {
	if (known.failures[i]! >= THRESHOLD) known.openUntil[i] = now + FIRST_PAUSE;
}

/** Takes in what came of a request to the node. `random` in [0, 1) keeps isolates from trying all at once. */
export function onOutcome(
	known: Knowledge,
	i: number,
	outcome: Outcome,
	now: number,
	random: () => number,
): void {
	if (outcome === "refused") {
		known.refusedUntil[i] = now + REFUSAL_LIFETIME;
		return;
	}
	if (outcome === "ok") {
		if (known.failures[i]! >= THRESHOLD) known.risen[i] = now;
		known.failures[i] = 0;
		known.openUntil[i] = 0;
		return;
	}
	const failures = Math.min(known.failures[i]! + 1, 32);
	known.failures[i] = failures;
	if (failures >= THRESHOLD) {
		const pause = Math.min(FIRST_PAUSE * 2 ** (failures - THRESHOLD), LONGEST_PAUSE);
		known.openUntil[i] = now + pause * (0.5 + random() * 0.5);
	}
}
