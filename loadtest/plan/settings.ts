/** Everything a load run can be told, with the one table of what it is when nobody says. */
import type { Transport } from "../record/result.ts";
import type { Arrivals } from "./schedule.ts";

/** Times in seconds unless a name says otherwise. */
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
	/** Milliseconds of the grid on which messages of `echo` leave, in groups; 0 = each by itself; AUTO = by the rate. */
	readonly grain: number;
	/** Seconds after which an acknowledgement is given up. */
	readonly ackTimeout: number;
	/** Sessions opened a second, over all groups. */
	readonly connectRate: number;
	/** Seconds after which opening a session is given up. */
	readonly connectTimeout: number;
	/** The event that is sent and acknowledged. */
	readonly event: string;
	/** The event by which the application answers; empty = it acknowledges. */
	readonly ack: string;
	/** JSON of what is sent, a template (template.ts); empty = `payload` bytes. */
	readonly message: string;
	/** Trust any certificate. */
	readonly insecure: boolean;
	/** `connect` only opens sessions and keeps them: needs nothing from the application. */
	readonly probe: "echo" | "connect";
	/** Where the Flash policy is served. */
	readonly policyPort: number;
	/** Where Engine.IO lives at the target. */
	readonly socketPath: string;
	/** Namespace, `auth` as JSON, query and headers of each client: templates. */
	readonly namespace: string;
	readonly auth: string;
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string>>;
	/** Headers of one path, by the path's name. */
	readonly pathHeaders: Readonly<Record<string, Readonly<Record<string, string>>>>;
	/** Source addresses, taken in turn; empty = the system's choice. `loopback` stands for 127.0.0.1 to 127.0.0.250. */
	readonly sources: readonly string[];
	/** `default` shows what Node's client does by itself: a connection for each poll. */
	readonly pollingAgent: "keep-alive" | "default";
	/** Whether lost sessions come back by socket.io-client's own reconnection. */
	readonly reconnection: boolean;
	/** How `storm` cuts: sockets destroyed, or Engine.IO closed. */
	readonly cut: "abrupt" | "graceful";
	/** Subscribers whose deliveries `fanout` times, in a process of their own. */
	readonly probes: number;
	/** `chaos` runs this command at that second of measurement. */
	readonly chaosRun: string;
	readonly chaosAt: number;
	/** Processes whose memory is read while the run lasts, as NAME=PID. */
	readonly watch: Readonly<Record<string, number>>;
	/** Worker processes; 0 = as many as the clients and the rate need. */
	readonly processes: number;
}

/** Left to the plan. */
export const AUTO = -1;

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
	grain: AUTO,
	ackTimeout: 10,
	connectRate: 100,
	connectTimeout: 20,
	event: "echo",
	ack: "",
	message: "",
	insecure: false,
	probe: "echo",
	policyPort: 10843,
	socketPath: "/socket.io/",
	namespace: "",
	auth: "",
	query: {},
	headers: {},
	pathHeaders: {},
	sources: ["loopback"],
	pollingAgent: "keep-alive",
	reconnection: false,
	cut: "abrupt",
	probes: 20,
	chaosRun: "",
	chaosAt: 5,
	watch: {},
	processes: 0,
};
