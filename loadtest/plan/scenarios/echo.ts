import type { Scenario } from "../scenario.ts";

/** The plain measure of a path: small messages at an even rate, each answered by an acknowledgement. */
export const echo: Scenario = {
	name: "echo",
	about: "messages at a fixed rate, each acknowledged",
	activity: "echo",
	settings: {},
};
