/**
 * Wakes the event loop at given times, about 0.1 ms late. Node's own timers count whole milliseconds and would add up
 * to two of them to every response time; a thread that waits on a futex is finer and costs one wake-up.
 */
import { Worker } from "node:worker_threads";

/** Due times that the thread knows at once. */
export const RING_SIZE = 64;

/** Shared memory: these words, then a ring of due times. */
export const STATE = { added: 0, woken: 1, sleep: 2, length: 4 } as const;
export const STATE_BYTES = 16;

/** One per process; its thread sleeps while nothing is due. */
export class PreciseTimer {
	readonly #state: Int32Array;
	readonly #ring: Float64Array;
	readonly #thread: Worker;
	#onDue: () => void = () => {};

	constructor() {
		const shared = new SharedArrayBuffer(STATE_BYTES + RING_SIZE * Float64Array.BYTES_PER_ELEMENT);
		this.#state = new Int32Array(shared, 0, STATE.length);
		this.#ring = new Float64Array(shared, STATE_BYTES, RING_SIZE);
		this.#thread = new Worker(new URL("./precise-timer-thread.ts", import.meta.url), {
			workerData: shared,
			execArgv: [],
		});
		this.#thread.on("message", () => {
			Atomics.store(this.#state, STATE.woken, 0);
			this.#onDue();
		});
		this.#thread.unref();
	}

	/** Ends the thread. A timer with times still to come cannot be used again. */
	stop(): void {
		this.#thread.terminate();
	}

	/** Sets the one callback for due times. */
	listen(onDue: () => void): void {
		this.#onDue = onDue;
	}

	/** Adds a due time (monotonic µs), later than those before; at most RING_SIZE may be to come. */
	add(at: number): void {
		const place = Atomics.load(this.#state, STATE.added);
		this.#ring[place % RING_SIZE] = at;
		Atomics.store(this.#state, STATE.added, place + 1);
		Atomics.notify(this.#state, STATE.added);
	}
}
