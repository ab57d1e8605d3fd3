/** The thread of metronome.ts: waits for each due time in turn, then wakes the loop. */
import { parentPort, workerData } from "node:worker_threads";
import { nowUs } from "./clock.ts";
import { RING, STATE, STATE_BYTES } from "./precise-timer.ts";

const shared = workerData as SharedArrayBuffer;
const state = new Int32Array(shared, 0, STATE.length);
const ring = new Float64Array(shared, STATE_BYTES, RING);

/** µs between two bells: above 2,000 messages a second several leave together, and a wake-up each is saved. */
const CLOSEST = 500;

let rungAt = 0;
for (let place = 0; ; place++) {
	while (Atomics.load(state, STATE.filled) === place) Atomics.wait(state, STATE.filled, place);
	const at = Math.max(ring[place % RING]!, rungAt + CLOSEST);
	// Nobody changes or notifies this word: a wait on it only ends by its time.
	for (let left = at - nowUs(); left > 0; left = at - nowUs())
		Atomics.wait(state, STATE.sleep, 0, left / 1000);
	// One bell at a time: a loop that is behind finds all that is due when it comes.
	if (Atomics.exchange(state, STATE.rung, 1) === 1) continue;
	rungAt = nowUs();
	parentPort!.postMessage(null);
}
