/** Opens a session with a real socket.io-client socket, and times its phases. */
import { setTimeout } from "node:timers/promises";
import { io, type ManagerOptions, type Socket } from "socket.io-client";
import { hostPort } from "../../plan/paths.ts";
import type { SessionSettings } from "../../plan/scenario.ts";
import type { TlsFiles } from "../../plan/tls-files.ts";
import type { METRICS, Transport } from "../../record/result.ts";
import { nowUs } from "../pacing/clock.ts";
import { type ConnectTimes, Wire } from "../transport/agent.ts";
import { type AnswerRule, Answers, nextSeq } from "./answers.ts";
import { detailOf, kindOf, OpenFailure, withTimeout } from "./failure.ts";
import { fetchPolicy } from "./flash-policy.ts";
import { secretsOf, withoutSecrets } from "./mask.ts";
import { awaitOwn, type OwnFunction, ownFailure } from "./own-code.ts";
import { renewSettings, settingsOf } from "./own-settings.ts";
import { refuseOversized, type SessionEnd, SessionWatch } from "./session-watch.ts";
import { addressOf, socketOptions } from "./socket-options.ts";

/** How to open a session. Times in seconds. */
export interface SessionOptions {
	/** Without a query, which is part of `query`. */
	readonly url: string;
	readonly transport: Transport;
	readonly socketPath: string;
	readonly insecure: boolean;
	readonly tls: TlsFiles;
	/** Addresses to connect to, by `host:port`. */
	readonly resolve: Readonly<Record<string, string>>;
	/** Keep the cookies that the target sets. */
	readonly cookies: boolean;
	readonly policyPort: number;
	readonly connectTimeout: number;
	readonly ackTimeout: number;
	/** Use the client as published, without the swarm's own replacements. */
	readonly plain: boolean;
	/** The message whose answer is awaited; null = connect only. */
	readonly message: Message | null;
	readonly answers: AnswerRule;
	/** Keep the session when its first message is not answered: it has no `first_ack` then. */
	readonly keepUnanswered?: boolean;
	/** The address to connect from; empty = any. */
	readonly source: string;
	readonly keepAlive: boolean;
	readonly reconnection: boolean;
	readonly namespace: string;
	readonly auth: Record<string, unknown>;
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string>>;
	readonly parser: ManagerOptions["parser"] | undefined;
	/** The scenario's own settings of the session, asked for before each connection. */
	readonly session: ((own: typeof fetch) => Promise<SessionSettings>) | null;
	/** What the scenario does after each connect. */
	readonly setup: ((socket: Socket, own: typeof fetch) => Promise<void>) | null;
	/** The client's row of `--data`, which may hold secrets. */
	readonly row: Readonly<Record<string, unknown>>;
}

/** A message: its event, and its arguments with a `{seq}`. */
export interface Message {
	readonly event: string;
	args(seq: number): readonly unknown[];
	/** The function of the scenario's file that makes them; undefined = a template. */
	readonly by?: OwnFunction;
}

/** How long a session may take to say that it ends. */
const END_LIMIT_MS = 1000;

/** Microseconds of each phase that took place. */
export type Phases = Partial<Record<(typeof METRICS)[number], number>>;

/** A session that is open. */
export interface Session {
	readonly socket: Socket;
	readonly wire: Wire;
	readonly answers: Answers;
	readonly phases: Phases;
	/** Why the session ended since it was opened; null while it lasts. */
	ended(): SessionEnd | null;
	/** A text of the server in one line, without the client's secrets. */
	masked(text: string): string;
	/** What the scenario does after each connect. Rejects with an OpenFailure. */
	setUp(): Promise<void>;
}

/** Opens a session up to its first acknowledgement. Rejects with an OpenFailure and leaves nothing open. */
export async function openSession(given: SessionOptions): Promise<Session> {
	const url = new URL(given.url);
	const phases: Phases = {};
	const start = nowUs();
	if (given.transport === "flashsocket") {
		const host = given.resolve[hostPort(url.href)] ?? url.hostname.replace(/^\[|\]$/g, "");
		await fetchPolicy(host, given.policyPort, given.connectTimeout * 1000);
		phases.policy = nowUs() - start;
	}
	const wire = new Wire();
	let options = given;
	const masked = (text: string) =>
		withoutSecrets(text, [...secretsOf(given), ...secretsOf(options, wire.cookies.values())]);
	const failure = (error: unknown) =>
		error instanceof OpenFailure ? new OpenFailure(error.kind, masked(error.message)) : error;
	const renew = async () => {
		try {
			const own = await settingsOf(given, wire, url);
			options = { ...given, ...own };
			return own;
		} catch (error) {
			throw failure(error);
		}
	};
	await renew();
	const socket = io(addressOf(url, options.namespace), socketOptions(options, url, wire));
	const answers = new Answers(socket, options.answers);
	socket.connect();
	const watch = new SessionWatch(socket);
	if (given.session !== null) renewSettings(socket, renew);
	const setUp = async () => {
		if (given.setup === null) return;
		const work = given.setup(socket, wire.cookies.fetchFor(url));
		await awaitOwn("setup", given.connectTimeout, watch.unlessEnded(work));
	};
	const session = { socket, wire, answers, phases, masked, setUp, ended: () => watch.ended };
	try {
		await connectAndTime(options, session, watch);
	} catch (error) {
		socket.disconnect();
		wire.cut();
		const by = given.message?.by;
		throw failure(by === undefined ? error : ownFailure(by, error));
	}
	phases.connect = (phases.policy ?? 0) + (phases.connect ?? 0);
	return session;
}

/** Awaits the phases in their order and records how long each took. */
async function connectAndTime(
	options: SessionOptions,
	{ socket, wire, answers, phases, setUp }: Session,
	watch: SessionWatch,
): Promise<void> {
	const limit = options.connectTimeout * 1000;
	const began = nowUs();
	let upgraded = 0;
	const upgrade = options.transport === "upgrade" ? upgradeOf(socket, watch) : null;
	upgrade?.then(
		() => {
			upgraded = nowUs();
		},
		() => {},
	);
	try {
		await withTimeout(limit, "timeout", "no Socket.IO session", watch.unlessEnded(connected(socket)));
	} catch (error) {
		throw redirectOf(wire) ?? error;
	}
	const redirect = redirectOf(wire);
	if (redirect !== null) throw redirect;
	const connect = nowUs();
	const handshake = watch.handshakeAt || connect;
	phases.connect = connect - began;
	phases.socket_connect = connect - handshake;
	Object.assign(phases, connectionPhases(wire.first, handshake));
	let before = connect;
	if (upgrade !== null) {
		const upgrading = watch.unlessEnded(upgrade);
		await withTimeout(limit, "upgrade_timeout", "the session stayed on polling", upgrading);
		phases.upgrade = upgraded - handshake;
		before = Math.max(connect, upgraded);
	}
	const { message, setup } = options;
	if (setup !== null) {
		watch.stage = "in the scenario's setup()";
		await setUp();
		before = nowUs();
	}
	if (message === null) return;
	const { event } = message;
	const seq = nextSeq();
	const args = message.args(seq);
	refuseOversized([event, ...args], watch.maxPayload);
	watch.stage = `while it waited for the answer to "${event}"`;
	const ackLimit = options.ackTimeout * 1000;
	const answered = new Promise<void>((resolve) => answers.send(event, args, seq, resolve));
	try {
		await withTimeout(ackLimit, "no_ack", `no answer to "${event}"`, watch.unlessEnded(answered));
	} catch (error) {
		if (options.keepUnanswered && error instanceof OpenFailure && error.kind === "no_ack") return;
		throw error;
	}
	phases.first_ack = nowUs() - before;
}

/** The polling client follows redirects, so that each of its requests would be two: a redirect is a failure. */
function redirectOf({ redirect }: Wire): OpenFailure | null {
	return redirect && new OpenFailure(`http_${redirect.status}`, redirect.location);
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

function connected(socket: Socket): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.once("connect", resolve);
		socket.once("connect_error", (error) => reject(new OpenFailure(kindOf(error), detailOf(error))));
	});
}

function upgradeOf(socket: Socket, watch: SessionWatch): Promise<void> {
	return new Promise((resolve, reject) => {
		watch.upgrades.then((offered) => {
			if (!offered.includes("websocket")) reject(new OpenFailure("no_upgrade_offered", ""));
		});
		socket.io.engine.once("upgrade", () => resolve());
		socket.io.engine.once("upgradeError", (error) => {
			// A session that closes fails its upgrade just before it says why it closed.
			setImmediate(() => reject(new OpenFailure(`upgrade_${kindOf(error)}`, detailOf(error))));
		});
	});
}

/** Ends a session at the server too: a polling session that is only cut lasts there until its ping timeout. */
export async function endSession({ socket, wire }: Session): Promise<void> {
	const { engine } = socket.io;
	const left = new Promise<void>((resolve) => {
		if (engine.readyState === "closed") resolve();
		// The request with the close packet is under way then.
		else
			engine.once("close", () => (isPolling(engine) ? engine.transport.once("drain", resolve) : resolve()));
	});
	socket.disconnect();
	await Promise.race([left, setTimeout(END_LIMIT_MS, undefined, { ref: false })]);
	wire.cut();
}

function isPolling({ transport }: Session["socket"]["io"]["engine"]): boolean {
	return transport.name === "polling";
}
