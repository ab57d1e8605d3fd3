/** The thread of precise-timer.ts: waits for each due time in turn, then wakes the event loop. */
import { parentPort, workerData } from "node:worker_threads";
import { nowUs } from "./clock.ts";
import { RING_SIZE, STATE, STATE_BYTES } from "./precise-timer.ts";

const shared = workerData as SharedArrayBuffer;
const state = new Int32Array(shared, 0, STATE.length);
const ring = new Float64Array(shared, STATE_BYTES, RING_SIZE);

/** Least time between two wake-ups: above 2,000 messages per second several leave with one. */
const WAKE_GAP_US = 500;

let wokenAt = 0;
for (let place = 0; ; place++) {
	while (Atomics.load(state, STATE.added) === place) Atomics.wait(state, STATE.added, place);
	const at = Math.max(ring[place % RING_SIZE]!, wokenAt + WAKE_GAP_US);
	// Nobody changes or notifies this word: a wait on it ends only by its timeout.
	for (let left = at - nowUs(); left > 0; left = at - nowUs())
		Atomics.wait(state, STATE.sleep, 0, left / 1000);
	// One wake-up at a time: an event loop that is behind finds all due messages when it gets to this one.
	if (Atomics.exchange(state, STATE.woken, 1) === 1) continue;
	wokenAt = nowUs();
	parentPort!.postMessage(null);
}
