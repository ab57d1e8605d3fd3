/** What is due when: a schedule in order, and what is added to it while it runs. */

/** An item of a schedule: `at` is when it is due (monotonic µs). */
export interface Due {
	readonly at: number;
}

/** Items in the order of their due times. */
export class Timetable<T extends Due> {
	readonly #schedule: Iterator<T>;
	#scheduled: IteratorResult<T>;
	/** In order; every flow that pauses has one here. */
	readonly #added: T[] = [];
	#expected = 0;
	#onChange: () => void = () => {};

	/** `schedule` gives items in the order of their due times. */
	constructor(schedule: Iterator<T>) {
		this.#schedule = schedule;
		this.#scheduled = schedule.next();
	}

	/** The next item, or null when there is none now. */
	peek(): T | null {
		const added = this.#added[0];
		if (this.#scheduled.done) return added ?? null;
		return added !== undefined && added.at < this.#scheduled.value.at ? added : this.#scheduled.value;
	}

	/** Removes the item that `peek` shows. */
	take(): void {
		if (!this.#scheduled.done && this.peek() === this.#scheduled.value)
			this.#scheduled = this.#schedule.next();
		else this.#added.shift();
	}

	/** Adds an item. */
	add(item: T): void {
		// Searched from the end, because most items are later than those that are there already.
		const before = this.#added.findLastIndex(({ at }) => at <= item.at);
		this.#added.splice(before + 1, 0, item);
		this.#onChange();
	}

	/** Announces an item that will be added, so that the timetable is not over before; the returned function withdraws it. */
	expect(): () => void {
		this.#expected += 1;
		return () => {
			this.#expected -= 1;
			this.#onChange();
		};
	}

	/** Whether nothing is left and nothing will be added. */
	get isOver(): boolean {
		return this.#scheduled.done === true && this.#added.length === 0 && this.#expected === 0;
	}

	/** Sets the one callback for a change of what is due next. */
	listen(onChange: () => void): void {
		this.#onChange = onChange;
	}
}
