/** What is missing, came twice, or came out of order among numbers that a server counts up by one. */
import type { Counts } from "../../record/result.ts";

/** The numbers that one client hears in one slot. */
export class Sequence {
	#first = Number.NaN;
	#newest = Number.NaN;
	readonly #missing = new Set<number>();
	#doubled = 0;
	#reordered = 0;

	/** A number has arrived; false when it came before. */
	take(number: number): boolean {
		if (Number.isNaN(this.#newest)) this.#first = number;
		else if (number <= this.#newest) return this.#takeOlder(number);
		else for (let skipped = this.#newest + 1; skipped < number; skipped++) this.#missing.add(skipped);
		this.#newest = number;
		return true;
	}

	#takeOlder(number: number): boolean {
		if (!this.#missing.delete(number)) {
			this.#doubled += 1;
			return false;
		}
		this.#reordered += 1;
		return true;
	}

	/** Adds what the numbers tell: due and sent are all from the first to the newest. */
	count(counts: Counts): void {
		const due = Number.isNaN(this.#first) ? 0 : this.#newest - this.#first + 1;
		counts.due += due;
		counts.sent += due;
		counts.lost += this.#missing.size;
		counts.doubled += this.#doubled;
		counts.reordered += this.#reordered;
	}
}
