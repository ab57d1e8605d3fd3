/**
 * Events that are published once: a publisher re-sends with the same id until a node acknowledged it, and a
 * node that has seen the id drops the repeat.
 */

/** What a node learns when it asks for an id: publish it; it is published; another node is at it. */
export type Claim = "mine" | "done" | "busy";

/** The ids that were published lately. Both calls reject while the store cannot be reached. */
export interface Repeats {
	claim(id: string): Promise<Claim>;
	/** To be called after the event was handed on: from now on the id is a repeat. */
	settle(id: string): Promise<void>;
}

/** A claim that was not settled by then is free again: its node is gone. Milliseconds. */
export const CLAIM_TIME = 10_000;

/** An id is remembered this long; publishers give up sooner. Milliseconds. */
export const REPEAT_TIME = 300_000;

/** Remembered by this process alone: a repeat sent to another node is not seen. */
export function memoryRepeats(now: () => number = Date.now): Repeats {
	const done = new Map<string, number>();
	return {
		async claim(id) {
			const time = now();
			// A Map keeps the order of insertion: the oldest are first.
			for (const [old, at] of done) {
				if (at > time - REPEAT_TIME) break;
				done.delete(old);
			}
			return done.has(id) ? "done" : "mine";
		},
		async settle(id) {
			done.set(id, now());
		},
	};
}
