/**
 * Wakes the event loop at given times to about 0.1 ms. Node's own timers know whole milliseconds, and would put up
 * to two of them into every response time; a thread that waits on a futex is finer and costs one wake-up.
 */
import { Worker } from "node:worker_threads";

/** Due times the thread knows at once. */
export const RING = 64;

/** Where the thread and the loop meet: places in `state`, then the ring of due times. */
export const STATE = { filled: 0, rung: 1, sleep: 2, length: 4 } as const;
export const STATE_BYTES = 16;

/** One a process: its thread is idle while nothing is due. */
export class Metronome {
	readonly #state: Int32Array;
	readonly #ring: Float64Array;
	readonly #thread: Worker;
	#onRing: () => void = () => {};

	constructor() {
		const shared = new SharedArrayBuffer(STATE_BYTES + RING * Float64Array.BYTES_PER_ELEMENT);
		this.#state = new Int32Array(shared, 0, STATE.length);
		this.#ring = new Float64Array(shared, STATE_BYTES, RING);
		this.#thread = new Worker(new URL("./precise-timer-thread.ts", import.meta.url), {
			workerData: shared,
			execArgv: [],
		});
		this.#thread.on("message", () => {
			Atomics.store(this.#state, STATE.rung, 0);
			this.#onRing();
		});
		this.#thread.unref();
	}

	/** Ends the thread: with times still to come it is of no use to the next. */
	stop(): void {
		this.#thread.terminate();
	}

	/** Who is called when a due time has come; one at a time. */
	listen(onRing: () => void): void {
		this.#onRing = onRing;
	}

	/** Adds a due time (monotonic µs), later than those before; at most RING may be to come. */
	add(at: number): void {
		const place = Atomics.load(this.#state, STATE.filled);
		this.#ring[place % RING] = at;
		Atomics.store(this.#state, STATE.filled, place + 1);
		Atomics.notify(this.#state, STATE.filled);
	}
}
