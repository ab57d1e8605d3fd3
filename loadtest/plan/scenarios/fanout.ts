import type { Scenario } from "../scenario.ts";

/**
 * One client publishes to a room that all others have joined. Timed by probe subscribers in a process of their
 * own, spread over the join order, because the first to join hear ten times sooner than the last; the others
 * only count. Counts are deliveries: due = messages × subscribers. Needs `join` and `room` at the application.
 */
export const fanout: Scenario = {
	name: "fanout",
	about: "one publishes to a room, all others hear it: first, median and last recipient",
	activity: "fanout",
	settings: { clients: 200, rate: 10, probes: 20, transports: ["websocket"] },
};
