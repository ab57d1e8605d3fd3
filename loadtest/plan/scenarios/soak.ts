import type { Scenario } from "../scenario.ts";

/** The echo for an hour at a modest rate: what grows or slows shows as a slope. `--watch` adds memory. */
export const soak: Scenario = {
	name: "soak",
	about: "the echo for long: slopes of latency and memory",
	activity: "echo",
	settings: { duration: 3600, clients: 200, rate: 200, transports: ["websocket"] },
};
