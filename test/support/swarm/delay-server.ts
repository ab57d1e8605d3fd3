/** A server of known slowness, in a process of its own: it answers late by plan and logs each delay it made. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Milliseconds a message is held: usually, in how many of 100, and then how long. */
export interface DelayPlan {
	readonly usual: number;
	readonly slowPercent: number;
	readonly slow: number;
	/** From this message on all answers are held to the end of one second; 0 = never. */
	readonly stallFrom: number;
}

export interface DelayServer extends AsyncDisposable {
	readonly url: string;
	/** The delays really made so far, µs from receipt to answer, in order of receipt. */
	log(): Promise<number[]>;
}

/** Starts the server; `swarm-delays-process.ts` is its code. */
export async function startDelayServer(plan: DelayPlan): Promise<DelayServer> {
	const file = fileURLToPath(new URL("./delay-server-process.ts", import.meta.url));
	const child: ChildProcess = fork(file, [JSON.stringify(plan)], { execArgv: [] });
	const [url] = (await once(child, "message")) as [string];
	return {
		url,
		async log() {
			child.send("log");
			const [log] = (await once(child, "message")) as [number[]];
			return log;
		},
		async [Symbol.asyncDispose]() {
			const gone = once(child, "exit");
			child.disconnect();
			await gone;
		},
	};
}
