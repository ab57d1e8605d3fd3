/** A server of known delays in a process of its own: it answers late by plan, and logs each delay. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Milliseconds by which answers are delayed: usually, and in how many of 100 by how much instead. */
export interface DelayPlan {
	readonly usual: number;
	readonly slowPercent: number;
	readonly slow: number;
	/** All answers are delayed to the end of the second that begins with this message; 0 = never. */
	readonly stallFrom: number;
}

export interface DelayServer extends AsyncDisposable {
	readonly url: string;
	/** The actual delays so far: µs from receipt to answer, in order of receipt. */
	log(): Promise<number[]>;
}

/** Starts the server; delay-server-process.ts has its code. */
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
