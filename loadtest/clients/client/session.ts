/** One client: a real socket.io-client socket, opened once, its phases timed. */
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import type { Metric, Transport } from "../../record/result.ts";
import { nowUs } from "../pacing/clock.ts";
import { agentFor, type ConnectStamps, Wire } from "../transport/agent.ts";
import { optionsFor } from "../transport/transport.ts";
import { detailOf, kindOf, OpenFailure } from "./failure.ts";
import { fetchPolicy } from "./flash-policy.ts";

/** How to open a session. Times in seconds. */
export interface SessionOptions {
	readonly url: string;
	readonly transport: Transport;
	readonly socketPath: string;
	readonly insecure: boolean;
	readonly policyPort: number;
	readonly connectTimeout: number;
	/** How the first acknowledgement is had; null where the application is only connected to. */
	readonly ask: Ask | null;
	/** The address to connect from; empty = any. */
	readonly source: string;
	readonly keepAlive: boolean;
	readonly reconnection: boolean;
	readonly namespace: string;
	readonly auth: Record<string, unknown>;
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string>>;
}

/** A message and its answer: `ack` names the event of the answer, empty = an acknowledgement. */
export interface Ask {
	readonly event: string;
	readonly ack: string;
	readonly message: unknown;
}

/** Microseconds of each phase that took place. */
export type Phases = Partial<Record<Metric, number>>;

/** A session that is open. */
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
	const socket = io(addressOf(url, options.namespace), socketOptions(options, url, wire));
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

/** Socket.IO reads the URL's path as the namespace. */
function addressOf(url: URL, namespace: string): string {
	if (namespace === "") return url.href;
	return `${url.origin}/${namespace.replace(/^\//, "")}`;
}

function socketOptions(
	options: SessionOptions,
	url: URL,
	wire: Wire,
): Partial<ManagerOptions & SocketOptions> {
	const secure = url.protocol === "https:";
	return {
		...optionsFor(options.transport),
		forceNew: true,
		reconnection: options.reconnection,
		rememberUpgrade: false,
		timeout: options.connectTimeout * 1000,
		path: options.socketPath,
		rejectUnauthorized: !options.insecure,
		auth: options.auth,
		...(Object.keys(options.query).length > 0 && { query: { ...options.query } }),
		...(Object.keys(options.headers).length > 0 && { extraHeaders: { ...options.headers } }),
		// The types are the browser's; in Node this is an http.Agent.
		...(options.keepAlive && { agent: agentFor(secure, wire, options.source) as unknown as boolean }),
	};
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
	if (options.ask === null) return;
	await within(limit, "no_ack", `no answer to "${options.ask.event}"`, answered(socket, options.ask));
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

/** Sends one message and waits for its answer. */
export function answered(socket: Socket, { event, ack, message }: Ask): Promise<void> {
	return new Promise((resolve) => {
		if (ack === "") socket.emit(event, message, () => resolve());
		else socket.once(ack, () => resolve()).emit(event, message);
	});
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
