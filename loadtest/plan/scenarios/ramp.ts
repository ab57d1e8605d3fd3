import type { Scenario } from "../scenario.ts";

/**
 * Sessions are opened faster and faster, from none to `connectRate` a second at the end; each leaves after its
 * first acknowledgement. The knee is the second in which opening becomes slow or fails.
 */
export const ramp: Scenario = {
	name: "ramp",
	about: "sessions opened at a rising rate, up to the knee",
	activity: "ramp",
	settings: { connectRate: 400, duration: 30, warmup: 0 },
};
