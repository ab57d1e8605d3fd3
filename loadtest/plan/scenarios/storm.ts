import type { Scenario } from "../scenario.ts";

/**
 * All sessions are cut at once and come back by socket.io-client's own reconnection (1 to 5 s, factor 0.5).
 * `recover` runs from the cut to the first acknowledgement after it; listeners are there before the cut.
 */
export const storm: Scenario = {
	name: "storm",
	about: "all sessions cut at once, and how they come back",
	activity: "storm",
	settings: { reconnection: true, cut: "abrupt", duration: 20, transports: ["websocket"] },
};
