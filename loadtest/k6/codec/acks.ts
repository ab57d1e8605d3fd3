/** The messages that wait for their ack, and what an ack or a timeout means for them. */

/** A message that was sent; times in milliseconds of the same clock. */
export interface Sent {
	readonly id: number;
	readonly dueAt: number;
	readonly sentAt: number;
}

/**
 * How an ack counts: `first` is a success, `expired` came after its time limit, `late` after the message was given up,
 * `stray` was never asked for.
 */
export type Answer =
	| { readonly kind: "first"; readonly sent: Sent; readonly reordered: boolean }
	| { readonly kind: "expired" | "doubled" | "late" | "stray" };

/** The acks of one Socket.IO connection. */
export class AckTable {
	readonly #limit: number;
	readonly #waiting = new Map<number, Sent>();
	readonly #expired = new Set<number>();
	#next = 0;
	#highest = -1;

	/** `limit`: milliseconds from the actual send. */
	constructor(limit: number) {
		this.#limit = limit;
	}

	/** The number of messages that wait. */
	get waiting(): number {
		return this.#waiting.size;
	}

	/** Registers a message about to be sent and returns its ack id. */
	send(dueAt: number, sentAt: number): number {
		const id = this.#next++;
		this.#waiting.set(id, { id, dueAt, sentAt });
		return id;
	}

	/** Classifies an ack that arrived at `at`. */
	answer(id: number, at: number): Answer {
		const sent = this.#waiting.get(id);
		if (sent === undefined) {
			if (this.#expired.has(id)) return { kind: "late" };
			return { kind: id < this.#next ? "doubled" : "stray" };
		}
		this.#waiting.delete(id);
		if (at - sent.sentAt > this.#limit) {
			this.#expired.add(id);
			return { kind: "expired" };
		}
		const reordered = id < this.#highest;
		this.#highest = Math.max(this.#highest, id);
		return { kind: "first", sent, reordered };
	}

	/** Removes and returns the messages that have waited longer than the limit at `now`. */
	expire(now: number): Sent[] {
		const expired: Sent[] = [];
		// A map keeps insertion order, so the search can stop at the first message that is recent enough.
		for (const sent of this.#waiting.values()) {
			if (now - sent.sentAt < this.#limit) break;
			expired.push(sent);
		}
		for (const { id } of expired) {
			this.#waiting.delete(id);
			this.#expired.add(id);
		}
		return expired;
	}

	/** Removes and returns all waiting messages, when the connection is gone. */
	abandon(): Sent[] {
		const abandoned = [...this.#waiting.values()];
		this.#waiting.clear();
		return abandoned;
	}
}
