/** When a node that crashed is started again, and when no more. */

/** Crashes older than this are forgotten, milliseconds. */
export const CRASH_WINDOW = 60_000;

/** This many crashes within the window, and the node is given up. */
export const CRASHES_MOST = 6;

/** Before the first restart, milliseconds; each further one waits twice as long. */
export const FIRST_DELAY = 250;

/** `crashes`: times of a node's crashes, the last one being now. Returns the delay before a restart, or null to give up. */
export function restartDelay(crashes: readonly number[]): number | null {
	const now = crashes.at(-1) ?? 0;
	const recent = crashes.filter((time) => time > now - CRASH_WINDOW).length;
	return recent >= CRASHES_MOST ? null : FIRST_DELAY * 2 ** (recent - 1);
}
