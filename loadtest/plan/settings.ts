/** Everything a load run can be told, with the one table of what it is when nobody says. */
import type { Transport } from "../record/result.ts";
import type { Arrivals } from "./schedule.ts";

export interface Settings {
	/** Measured one beside the other. */
	readonly transports: readonly Transport[];
	/** Sessions of each group (a transport on a path). */
	readonly clients: number;
	/** Messages a second over all clients of a group. */
	readonly rate: number;
	/** Seconds of measurement over all groups. */
	readonly duration: number;
	/** Seconds at the start of each slot that do not count. */
	readonly warmup: number;
	/** Bytes of each message's payload. */
	readonly payload: number;
	readonly seed: number;
	readonly arrivals: Arrivals;
	/** Seconds after which an acknowledgement is given up. */
	readonly ackTimeout: number;
	/** Sessions opened a second, over all groups. */
	readonly connectRate: number;
	/** Seconds after which opening a session is given up. */
	readonly connectTimeout: number;
	/** The event that is sent and acknowledged. */
	readonly event: string;
	/** Trust any certificate. */
	readonly insecure: boolean;
	/** `connect` only opens sessions and keeps them: needs nothing from the application. */
	readonly probe: "echo" | "connect";
	/** Where the Flash policy is served. */
	readonly policyPort: number;
	/** Where Engine.IO lives at the target. */
	readonly socketPath: string;
	/** Worker processes; 0 = as many as the clients and the rate need. */
	readonly processes: number;
}

/** The usual settings: a scenario changes some, flags change any. */
export const USUAL: Settings = {
	transports: ["polling", "websocket", "upgrade"],
	clients: 50,
	rate: 100,
	duration: 30,
	warmup: 0.5,
	payload: 100,
	seed: 1,
	arrivals: "uniform",
	ackTimeout: 10,
	connectRate: 200,
	connectTimeout: 20,
	event: "echo",
	insecure: false,
	probe: "echo",
	policyPort: 10843,
	socketPath: "/socket.io/",
	processes: 0,
};
