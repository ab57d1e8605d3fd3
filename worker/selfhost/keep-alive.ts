/** A process that is started again when it ends by itself: the state process, without which edges go on by their own evidence. */
import { setTimeout as pause } from "node:timers/promises";
import type { Workerd } from "./workerd.ts";

/** Milliseconds before it is started again, doubled with each start that fails, up to the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

export interface Kept {
	pid(): number;
	stop(): Promise<void>;
}

/** Starts it, and starts it again until `stop`. The first start's error is thrown; later ones go to `log`. */
export async function keepAlive(start: () => Promise<Workerd>, log: (line: string) => void): Promise<Kept> {
	const stopping = new AbortController();
	let running = await start();
	const watch = async () => {
		for (let wait = FIRST_PAUSE; ; ) {
			await running.ended;
			if (stopping.signal.aborted) return;
			log(`state process ${running.pid} ended by itself; starting it again`);
			await pause(wait, undefined, { signal: stopping.signal }).catch(() => {});
			if (stopping.signal.aborted) return;
			try {
				running = await start();
				wait = FIRST_PAUSE;
			} catch (error) {
				log(`state process: ${(error as Error).message}`);
				wait = Math.min(wait * 2, LONGEST_PAUSE);
			}
		}
	};
	const watching = watch();
	return {
		pid: () => running.pid,
		async stop() {
			stopping.abort();
			await running.stop();
			await watching;
			await running.stop();
		},
	};
}
