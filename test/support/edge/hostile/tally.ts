/** What well-behaved clients saw: the times of their requests and messages, and what failed. */
export class Tally {
	/** Milliseconds of each handshake, POST and echo. A poll is measured by the echo that it brings. */
	readonly #times: number[] = [];
	readonly failures = new Map<string, number>();
	/** Sessions that the nodes opened for them. */
	opened = 0;

	get count(): number {
		return this.#times.length;
	}

	get failed(): number {
		let sum = 0;
		for (const count of this.failures.values()) sum += count;
		return sum;
	}

	took(startedAt: number): void {
		this.#times.push(performance.now() - startedAt);
	}

	/** Counts a failure. `reason` has no ids, so that the same failures count together. */
	fail(reason: string): void {
		this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
	}

	/** Milliseconds at a quantile (0 to 1), by nearest rank. */
	quantile(q: number): number {
		const sorted = this.#times.toSorted((a, b) => a - b);
		return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
	}
}
