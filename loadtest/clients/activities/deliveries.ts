/** Which subscriber received which message: losses, doubles, order, and the first, median and last recipient's time. */
import type { Tally } from "../../record/tally.ts";
import { nowUs } from "../pacing/clock.ts";

/** The deliveries of one slot in one worker. */
export class Deliveries {
	readonly #subscribers: number;
	/** Second of measurement of each message; -1 in warm-up. */
	readonly #seconds: readonly number[];
	/** How often each subscriber received each message. */
	readonly #received: Uint8Array;
	readonly #newest: Int32Array;
	/** µs from publishing to each subscriber, by message; only where deliveries are timed. */
	readonly #times: number[][];
	readonly #timed: Tally | null;
	#missing: number;
	#doubled = 0;
	#reordered = 0;
	#whenComplete: () => void = () => {};

	/** `timed` records the times; null = deliveries are only counted. */
	constructor(subscribers: number, seconds: readonly number[], timed: Tally | null) {
		this.#subscribers = subscribers;
		this.#seconds = seconds;
		this.#received = new Uint8Array(subscribers * seconds.length);
		this.#newest = new Int32Array(subscribers).fill(-1);
		this.#times = timed === null ? [] : seconds.map(() => []);
		this.#timed = timed;
		this.#missing = subscribers * seconds.length;
	}

	/** A subscriber received a message `us` after it was published; one that is not of this slot is ignored. */
	receive(subscriber: number, seq: number, us: number): void {
		if (this.#seconds[seq] === undefined) return;
		const place = seq * this.#subscribers + subscriber;
		const counted = (this.#seconds[seq] ?? -1) >= 0;
		if (this.#received[place]! > 0) {
			if (counted) this.#doubled += 1;
			return;
		}
		this.#received[place] = 1;
		if (seq < this.#newest[subscriber]!) {
			if (counted) this.#reordered += 1;
		} else this.#newest[subscriber] = seq;
		this.#times[seq]?.push(us);
		this.#missing -= 1;
		if (this.#missing === 0) this.#whenComplete();
	}

	/** Resolves when all have received all, after `limit` µs, or when `stop` is aborted. */
	complete(limit: number, stop: AbortSignal): Promise<void> {
		if (this.#missing === 0 || stop.aborted) return Promise.resolve();
		const end = nowUs() + limit;
		return new Promise((resolve) => {
			const done = () => {
				clearTimeout(timer);
				stop.removeEventListener("abort", done);
				resolve();
			};
			const timer = setTimeout(done, (end - nowUs()) / 1000);
			stop.addEventListener("abort", done, { once: true });
			this.#whenComplete = done;
		});
	}

	/** Adds the deliveries to the counts, and each message's times. */
	count(tally: Tally): void {
		const { counts } = tally;
		this.#seconds.forEach((second, seq) => {
			if (second < 0) return;
			const row = this.#received.subarray(seq * this.#subscribers, (seq + 1) * this.#subscribers);
			const received = row.reduce((sum, times) => sum + times, 0);
			counts.due += this.#subscribers;
			counts.sent += this.#subscribers;
			counts.received += received;
			counts.lost += this.#subscribers - received;
			this.#time(second, this.#times[seq] ?? []);
		});
		counts.doubled += this.#doubled;
		counts.reordered += this.#reordered;
	}

	/** A message that a subscriber missed has no last recipient. */
	#time(second: number, times: number[]): void {
		if (this.#timed === null || times.length === 0) return;
		const sorted = [...times].sort((a, b) => a - b);
		this.#timed.record("fanout_first", second, sorted[0]!);
		this.#timed.record("fanout_median", second, sorted[Math.floor((sorted.length - 1) / 2)]!);
		if (sorted.length === this.#subscribers) this.#timed.record("fanout_last", second, sorted.at(-1)!);
	}
}
