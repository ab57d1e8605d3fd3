/** Which messages wait for their ack, and what an answer or the passing of time means for them. */

/** A message sent; times in milliseconds of one clock. */
export interface Sent {
	readonly id: number;
	readonly dueAt: number;
	readonly sentAt: number;
}

/** What an arriving ack is: `first` counts, `late` came after its time limit, `stray` was never asked for. */
export type Answer =
	| { readonly kind: "first"; readonly sent: Sent; readonly reordered: boolean }
	| { readonly kind: "doubled" | "late" | "stray" };

/** The acks of one Socket.IO connection. */
export class AckTable {
	readonly #limit: number;
	readonly #waiting = new Map<number, Sent>();
	readonly #expired = new Set<number>();
	#next = 0;
	#highest = -1;

	/** `limit`: milliseconds from the real send. */
	constructor(limit: number) {
		this.#limit = limit;
	}

	/** How many wait. */
	get waiting(): number {
		return this.#waiting.size;
	}

	/** Notes a message about to be sent and returns the id to send with it. */
	send(dueAt: number, sentAt: number): number {
		const id = this.#next++;
		this.#waiting.set(id, { id, dueAt, sentAt });
		return id;
	}

	/** Judges an arriving ack. */
	answer(id: number): Answer {
		const sent = this.#waiting.get(id);
		if (sent === undefined) {
			if (this.#expired.has(id)) return { kind: "late" };
			return { kind: id < this.#next ? "doubled" : "stray" };
		}
		this.#waiting.delete(id);
		const reordered = id < this.#highest;
		this.#highest = Math.max(this.#highest, id);
		return { kind: "first", sent, reordered };
	}

	/** Gives up what has waited longer than the limit at `now`, and returns it. */
	expire(now: number): Sent[] {
		const given: Sent[] = [];
		// A map keeps the order of sending, so the first that is young enough ends the search.
		for (const sent of this.#waiting.values()) {
			if (now - sent.sentAt < this.#limit) break;
			given.push(sent);
		}
		for (const { id } of given) {
			this.#waiting.delete(id);
			this.#expired.add(id);
		}
		return given;
	}

	/** Gives up all that wait, the connection being gone, and returns them. */
	abandon(): Sent[] {
		const given = [...this.#waiting.values()];
		this.#waiting.clear();
		return given;
	}
}
