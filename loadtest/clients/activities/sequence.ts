/** What is missing, came twice, or came out of order among numbers that a server counts up by one. */
import type { Counts } from "../../record/result.ts";

/** Missing numbers that are remembered, so that a late one is known from one that comes twice. */
const MAX_MISSING = 10_000;

/** The numbers that one client hears in one slot. */
export class Sequence {
	#first = Number.NaN;
	#newest = Number.NaN;
	readonly #missing = new Set<number>();
	/** Numbers heard, each once, and all from the first to the newest; those of earlier sessions added up. */
	#heard = 0;
	#due = 0;
	#doubled = 0;
	#reordered = 0;
	#isReconnected = false;

	/** A number has arrived; false when it came before. */
	take(number: number): boolean {
		if (this.#isReconnected && number <= this.#newest) this.#restart();
		this.#isReconnected = false;
		const isNew =
			Number.isNaN(this.#newest) || number > this.#newest ? this.#newer(number) : this.#older(number);
		if (isNew) this.#heard += 1;
		return isNew;
	}

	/** The next number is the first of another session: a lower one begins a new count, a higher one continues this one. */
	reconnected(): void {
		this.#isReconnected = true;
	}

	#restart(): void {
		this.#due += this.#length;
		this.#first = Number.NaN;
		this.#newest = Number.NaN;
		this.#missing.clear();
	}

	#newer(number: number): boolean {
		if (Number.isNaN(this.#newest)) this.#first = number;
		else {
			const from = Math.max(this.#newest + 1, number - MAX_MISSING);
			for (let skipped = from; skipped < number; skipped++) this.#remember(skipped);
		}
		this.#newest = number;
		return true;
	}

	#remember(skipped: number): void {
		this.#missing.add(skipped);
		if (this.#missing.size > MAX_MISSING) this.#missing.delete(this.#missing.values().next().value!);
	}

	#older(number: number): boolean {
		if (!this.#missing.delete(number)) {
			this.#doubled += 1;
			return false;
		}
		this.#reordered += 1;
		return true;
	}

	get #length(): number {
		return Number.isNaN(this.#first) ? 0 : this.#newest - this.#first + 1;
	}

	/** Adds what the numbers tell: due and sent are all from the first to the newest. */
	count(counts: Counts): void {
		const due = this.#due + this.#length;
		counts.due += due;
		counts.sent += due;
		counts.lost += due - this.#heard;
		counts.doubled += this.#doubled;
		counts.reordered += this.#reordered;
	}
}
