/** Restarts the state process when it ends unexpectedly. Without it, edge processes rely on their own failure data. */
import { setTimeout as pause } from "node:timers/promises";
import type { Workerd } from "./workerd.ts";

/** Pause before a restart. Each failed start doubles it, up to the longest. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export interface RestartedProcess {
	pid(): number;
	stop(): Promise<void>;
}

/** Starts the process, and restarts it until `stop`. An error of the first start is thrown; later ones go to `log`. */
export async function keepAlive(
	start: () => Promise<Workerd>,
	log: (line: string) => void,
): Promise<RestartedProcess> {
	const stopping = new AbortController();
	let running = await start();
	const watch = async () => {
		for (let pauseMs = FIRST_PAUSE_MS; ; ) {
			await running.ended;
			if (stopping.signal.aborted) return;
			log(`state process ${running.pid} ended unexpectedly; restarting it`);
			await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
			if (stopping.signal.aborted) return;
			try {
				running = await start();
				pauseMs = FIRST_PAUSE_MS;
			} catch (error) {
				log(`state process: restart failed: ${(error as Error).message}`);
				pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
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
