/**
 * Deduplication of published events: a publisher repeats an event, with the same id, until a node acknowledges
 * it; a node that knows the id does not publish it again.
 */

/** May this node publish the event? "mine": yes; "done": it is published already; "busy": another node is publishing it. */
export type Claim = "mine" | "done" | "busy";

/** The ids of the events published recently. Both methods reject while the store cannot be reached. */
export interface PublishedIds {
	claim(id: string): Promise<Claim>;
	/** To be called after the event was sent: from now on `claim` answers "done". */
	markPublished(id: string): Promise<void>;
}

/** A claim that is older than this without being published is free again: its node has died. */
export const CLAIM_LIFETIME_MS = 10_000;

/** How long an id is remembered; publishers give up sooner. */
export const ID_LIFETIME_MS = 300_000;

/** Remembers ids in this process only: a repeat that reaches another node is published again. */
export function publishedIdsInMemory(now: () => number = Date.now): PublishedIds {
	const publishedAt = new Map<string, number>();
	return {
		async claim(id) {
			const time = now();
			// A Map iterates in insertion order: oldest first.
			for (const [old, at] of publishedAt) {
				if (at > time - ID_LIFETIME_MS) break;
				publishedAt.delete(old);
			}
			return publishedAt.has(id) ? "done" : "mine";
		},
		async markPublished(id) {
			publishedAt.set(id, now());
		},
	};
}
