import type { Scenario } from "../scenario.ts";

/** Sessions that say nothing: heartbeats must hold them, and `--watch NAME=PID` tells what memory each takes. */
export const idle: Scenario = {
	name: "idle",
	about: "sessions held open without a word: memory and heartbeats",
	activity: "idle",
	settings: { clients: 1000, probe: "connect", duration: 60, warmup: 0, transports: ["websocket"] },
};
