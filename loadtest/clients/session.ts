/** One client: a real socket.io-client socket, opened once, its phases timed. */
import { io, type Socket } from "socket.io-client";
import type { Metric, Transport } from "../record/result.ts";
import { agentFor, type ConnectStamps, Wire } from "./agent.ts";
import { nowUs } from "./clock.ts";
import { detailOf, kindOf, OpenFailure } from "./failure.ts";
import { fetchPolicy } from "./flash-policy.ts";
import { optionsFor } from "./transport.ts";

/** How to open a session. Times in seconds. */
export interface SessionOptions {
	readonly url: string;
	readonly transport: Transport;
	readonly socketPath: string;
	readonly insecure: boolean;
	readonly policyPort: number;
	readonly connectTimeout: number;
	/** The event acknowledged, or null where the application is only connected to. */
	readonly event: string | null;
	readonly payload: string;
}

/** Microseconds of each phase that took place. */
export type Phases = Partial<Record<Metric, number>>;

export interface Session {
	readonly socket: Socket;
	readonly wire: Wire;
	readonly phases: Phases;
}

/** Opens a session up to its first acknowledgement. Rejects with an OpenFailure and leaves nothing open. */
export async function openSession(options: SessionOptions): Promise<Session> {
	const url = new URL(options.url);
	const phases: Phases = {};
	const start = nowUs();
	const limit = options.connectTimeout * 1000;
	if (options.transport === "flashsocket") {
		await fetchPolicy(url.hostname.replace(/^\[|\]$/g, ""), options.policyPort, limit);
		phases.policy = nowUs() - start;
	}
	const wire = new Wire();
	const socket = io(url.href, {
		...optionsFor(options.transport),
		forceNew: true,
		reconnection: false,
		rememberUpgrade: false,
		timeout: limit,
		path: options.socketPath,
		rejectUnauthorized: !options.insecure,
		// The types are the browser's; in Node this is an http.Agent.
		agent: agentFor(url.protocol === "https:", wire) as unknown as boolean,
	});
	try {
		await stamped(options, socket, wire, phases);
	} catch (error) {
		socket.disconnect();
		wire.cut();
		throw error;
	}
	phases.connect = (phases.policy ?? 0) + (phases.connect ?? 0);
	return { socket, wire, phases };
}

/** Waits for the steps in their order and notes what each took. */
async function stamped(options: SessionOptions, socket: Socket, wire: Wire, phases: Phases): Promise<void> {
	const limit = options.connectTimeout * 1000;
	const began = nowUs();
	let handshake = began;
	socket.io.engine.once("handshake", () => {
		handshake = nowUs();
	});
	let upgraded = 0;
	const upgrade = options.transport === "upgrade" ? upgradeOf(socket) : null;
	upgrade?.then(
		() => {
			upgraded = nowUs();
		},
		() => {},
	);
	await within(limit, "timeout", "the session did not open", connected(socket));
	const connect = nowUs();
	phases.connect = connect - began;
	phases.socket_connect = connect - handshake;
	Object.assign(phases, connectionPhases(wire.first, handshake));
	let before = connect;
	if (upgrade !== null) {
		await within(limit, "upgrade_timeout", "the session stayed on polling", upgrade);
		phases.upgrade = upgraded - handshake;
		before = Math.max(connect, upgraded);
	}
	if (options.event === null) return;
	const answer = socket.emitWithAck(options.event, options.payload);
	await within(limit, "no_ack", `no acknowledgement of "${options.event}"`, answer);
	phases.first_ack = nowUs() - before;
}

/** The first connection's phases; each begins where the one before ended. */
function connectionPhases(stamps: ConnectStamps, handshake: number): Phases {
	if (stamps.connect === 0) return {};
	const resolved = stamps.lookup || stamps.created;
	const secured = stamps.secure || stamps.connect;
	return {
		...(stamps.lookup > 0 && { dns: stamps.lookup - stamps.created }),
		tcp: stamps.connect - resolved,
		...(stamps.secure > 0 && { tls: stamps.secure - stamps.connect }),
		engine_handshake: handshake - secured,
	};
}

function connected(socket: Socket): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.once("connect", resolve);
		socket.once("connect_error", (error) => reject(new OpenFailure(kindOf(error), detailOf(error))));
	});
}

function upgradeOf(socket: Socket): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.io.engine.once("upgrade", () => resolve());
		socket.io.engine.once("upgradeError", (error) =>
			reject(new OpenFailure(`upgrade_${kindOf(error)}`, detailOf(error))),
		);
	});
}

/** `promise`, or an OpenFailure of that kind after `limit` milliseconds. */
async function within<T>(limit: number, kind: string, detail: string, promise: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new OpenFailure(kind, `${detail} in ${limit / 1000} s`)), limit);
	});
	try {
		return await Promise.race([promise, late]);
	} finally {
		clearTimeout(timer);
	}
}
