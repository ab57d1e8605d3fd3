/** Opens a session with a real socket.io-client socket, and times its phases. */
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import type { Metric, Transport } from "../../record/result.ts";
import { nowUs } from "../pacing/clock.ts";
import { agentFor, type ConnectTimes, Wire } from "../transport/agent.ts";
import { optionsFor } from "../transport/transport.ts";
import { type AnswerRule, Answers, nextSeq } from "./answers.ts";
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
	readonly message: Message | null;
	readonly answers: AnswerRule;
	/** The address to connect from; empty = any. */
	readonly source: string;
	readonly keepAlive: boolean;
	readonly reconnection: boolean;
	readonly namespace: string;
	readonly auth: Record<string, unknown>;
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string>>;
}

/** A message: its event, and its arguments with a `{seq}`. */
export interface Message {
	readonly event: string;
	args(seq: number): readonly unknown[];
}

/** Microseconds of each phase that took place. */
export type Phases = Partial<Record<Metric, number>>;

/** A session that is open. */
export interface Session {
	readonly socket: Socket;
	readonly wire: Wire;
	readonly answers: Answers;
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
	const answers = new Answers(socket, options.answers);
	try {
		await connectAndTime(options, { socket, wire, answers, phases });
	} catch (error) {
		socket.disconnect();
		wire.cut();
		throw error;
	}
	phases.connect = (phases.policy ?? 0) + (phases.connect ?? 0);
	return { socket, wire, answers, phases };
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
	{ socket, wire, answers, phases }: Session,
): Promise<void> {
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
	await withTimeout(limit, "timeout", "the session did not open", connected(socket));
	const connect = nowUs();
	phases.connect = connect - began;
	phases.socket_connect = connect - handshake;
	Object.assign(phases, connectionPhases(wire.first, handshake));
	let before = connect;
	if (upgrade !== null) {
		await withTimeout(limit, "upgrade_timeout", "the session stayed on polling", upgrade);
		phases.upgrade = upgraded - handshake;
		before = Math.max(connect, upgraded);
	}
	const { message } = options;
	if (message === null) return;
	await withTimeout(limit, "no_ack", `no answer to "${message.event}"`, answered(answers, message));
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
function answered(answers: Answers, { event, args }: Message): Promise<void> {
	const seq = nextSeq();
	return new Promise((resolve) => answers.send(event, args(seq), seq, resolve));
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

/** Rejects with an OpenFailure of that kind when `promise` takes longer than `limit` milliseconds. */
async function withTimeout<T>(limit: number, kind: string, detail: string, promise: Promise<T>): Promise<T> {
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
