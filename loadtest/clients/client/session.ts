/** Opens a session with a real socket.io-client socket, and times its phases. */
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { closeReason, type ErrorKind } from "../../record/error-kinds.ts";
import type { Metric, Transport } from "../../record/result.ts";
import { nowUs } from "../pacing/clock.ts";
import { agentFor, type ConnectTimes, Wire } from "../transport/agent.ts";
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
	/** Use the client as published, without the swarm's own replacements. */
	readonly plain: boolean;
	/** The message whose answer is awaited; null = connect only. */
	readonly message: AckedMessage | null;
	/** The address to connect from; empty = any. */
	readonly source: string;
	readonly keepAlive: boolean;
	readonly reconnection: boolean;
	readonly namespace: string;
	readonly auth: Record<string, unknown>;
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string>>;
}

/** A message that is answered: `ack` names the event of the answer, empty = an acknowledgement. */
export interface AckedMessage {
	readonly event: string;
	readonly ack: string;
	readonly payload: unknown;
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
		await connectAndTime(options, socket, wire, phases);
	} catch (error) {
		socket.disconnect();
		wire.cut();
		throw error;
	}
	phases.connect = (phases.policy ?? 0) + (phases.connect ?? 0);
	return { socket, wire, phases };
}

/** socket.io-client takes the namespace from the URL's path. */
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
		...optionsFor(options.transport, options.plain),
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
		...(options.keepAlive && {
			agent: agentFor(secure, wire, options.source, options.plain) as unknown as boolean,
		}),
	};
}

/** Awaits the phases in their order and records how long each took. */
async function connectAndTime(
	options: SessionOptions,
	socket: Socket,
	wire: Wire,
	phases: Phases,
): Promise<void> {
	const limit = options.connectTimeout * 1000;
	// From the start on: a server that kicks does it in the packet after the one that connects.
	const closed = closedEarly(socket);
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
	await withTimeout(limit, "timeout", "the session did not open", connected(socket));
	const connect = nowUs();
	phases.connect = connect - began;
	phases.socket_connect = connect - handshake;
	Object.assign(phases, connectionPhases(wire.first, handshake));
	let before = connect;
	if (upgrade !== null) {
		await withTimeout(
			limit,
			"upgrade_timeout",
			"the session stayed on polling",
			Promise.race([upgrade, closed]),
		);
		phases.upgrade = upgraded - handshake;
		before = Math.max(connect, upgraded);
	}
	const { message } = options;
	if (message === null) return;
	const answer = Promise.race([answered(socket, message), closed]);
	await withTimeout(limit, "no_ack", `no answer to "${message.event}"`, answer);
	phases.first_ack = nowUs() - before;
}

/** The first connection's phases; each begins where the one before ended. */
function connectionPhases(times: ConnectTimes, handshake: number): Phases {
	if (times.connect === 0) return {};
	const resolved = times.lookup || times.created;
	const secured = times.secure || times.connect;
	return {
		...(times.lookup > 0 && { dns: times.lookup - times.created }),
		tcp: times.connect - resolved,
		...(times.secure > 0 && { tls: times.secure - times.connect }),
		engine_handshake: handshake - secured,
	};
}

/** Sends one message and waits for its answer. */
function answered(socket: Socket, { event, ack, payload }: AckedMessage): Promise<void> {
	return new Promise((resolve) => {
		if (ack === "") socket.emit(event, payload, () => resolve());
		else socket.once(ack, () => resolve()).emit(event, payload);
	});
}

function connected(socket: Socket): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.once("connect", resolve);
		socket.once("connect_error", (error) => reject(new OpenFailure(kindOf(error), detailOf(error))));
	});
}

/** Rejects when the session is lost before it counts as open. */
function closedEarly(socket: Socket): Promise<never> {
	const closed = new Promise<never>((_, reject) => {
		socket.once("disconnect", (reason) =>
			reject(new OpenFailure(closeReason(reason), `the session was closed (${reason})`)),
		);
	});
	closed.catch(() => {});
	return closed;
}

function upgradeOf(socket: Socket): Promise<void> {
	return new Promise((resolve, reject) => {
		const { engine } = socket.io;
		engine.once("handshake", ({ upgrades }) => {
			if (upgrades.includes("websocket")) return;
			reject(new OpenFailure("no_upgrade_offered", "the server offers no WebSocket to upgrade to"));
		});
		engine.once("upgrade", () => resolve());
		engine.once("upgradeError", (error) => {
			// A session that closes fails its upgrade just before it says why it closed.
			setImmediate(() => reject(new OpenFailure(`upgrade_${kindOf(error)}`, detailOf(error))));
		});
	});
}

/** Rejects with an OpenFailure of that kind when `promise` takes longer than `limit` milliseconds. */
async function withTimeout<T>(
	limit: number,
	kind: ErrorKind,
	detail: string,
	promise: Promise<T>,
): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const timeout = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new OpenFailure(kind, `${detail} in ${limit / 1000} s`)), limit);
	});
	try {
		return await Promise.race([promise, timeout]);
	} finally {
		clearTimeout(timer);
	}
}
