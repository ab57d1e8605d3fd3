import type { Scenario } from "../scenario.ts";

/**
 * The echo goes on while a command of yours (`--chaos-run`) breaks something at a given second. Sessions come
 * back by themselves; messages due while a session is away are counted as not sent.
 */
export const chaos: Scenario = {
	name: "chaos",
	about: "the echo, and a command that breaks something at a given second",
	activity: "echo",
	settings: { reconnection: true, chaosAt: 5, duration: 20, transports: ["websocket"] },
};
