/** Opens a session with a real socket.io-client socket, and times its phases. */
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { hostPort } from "../../plan/paths.ts";
import type { SessionSettings } from "../../plan/scenario.ts";
import { type TlsFiles, tlsOptions } from "../../plan/tls-files.ts";
import type { METRICS, Transport } from "../../record/result.ts";
import { nowUs } from "../pacing/clock.ts";
import { agentFor, type ConnectTimes, Wire } from "../transport/agent.ts";
import { optionsFor } from "../transport/transport.ts";
import { type AnswerRule, Answers, nextSeq } from "./answers.ts";
import { detailOf, kindOf, OpenFailure, withTimeout } from "./failure.ts";
import { fetchPolicy } from "./flash-policy.ts";
import { secretsOf, withoutSecrets } from "./mask.ts";
import { renewSettings, settingsOf } from "./own-settings.ts";
import { refuseOversized, type SessionEnd, SessionWatch } from "./session-watch.ts";

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
	readonly setup: ((socket: Socket) => Promise<void>) | null;
}

/** A message: its event, and its arguments with a `{seq}`. */
export interface Message {
	readonly event: string;
	args(seq: number): readonly unknown[];
}

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
	const own = await settingsOf(given, wire, url);
	const options = { ...given, ...own };
	const masked = (text: string) => withoutSecrets(text, secretsOf(options, wire.cookies.values()));
	const socket = io(addressOf(url, options.namespace), socketOptions(options, url, wire));
	const answers = new Answers(socket, options.answers);
	socket.connect();
	const watch = new SessionWatch(socket);
	if (given.session !== null) renewSettings(socket, () => settingsOf(given, wire, url));
	const session = { socket, wire, answers, phases, masked, ended: () => watch.ended };
	try {
		await connectAndTime(options, session, watch);
	} catch (error) {
		socket.disconnect();
		wire.cut();
		throw error instanceof OpenFailure ? new OpenFailure(error.kind, masked(error.message)) : error;
	}
	phases.connect = (phases.policy ?? 0) + (phases.connect ?? 0);
	return session;
}

/** socket.io-client takes the namespace from the URL's path. */
function addressOf(url: URL, namespace: string): string {
	if (namespace === "") return url.href;
	return `${url.origin}/${namespace.replace(/^\//, "")}`;
}

/** Node's fetch takes no agent, and `--polling-agent default` has none: cookies are then the client's own. */
function hasAgent({ keepAlive, transport }: SessionOptions): boolean {
	return keepAlive && transport !== "polling-fetch";
}

function socketOptions(
	options: SessionOptions,
	url: URL,
	wire: Wire,
): Partial<ManagerOptions & SocketOptions> {
	const { source, plain, cookies, insecure, tls, resolve } = options;
	return {
		...optionsFor(options.transport, options.plain),
		forceNew: true,
		// Answers are counted from the first packet on.
		autoConnect: false,
		reconnection: options.reconnection,
		rememberUpgrade: false,
		timeout: options.connectTimeout * 1000,
		path: options.socketPath,
		rejectUnauthorized: !options.insecure,
		auth: options.auth,
		...(options.parser !== undefined && { parser: options.parser }),
		...(Object.keys(options.query).length > 0 && { query: { ...options.query } }),
		...(Object.keys(options.headers).length > 0 && { extraHeaders: { ...options.headers } }),
		// The types are the browser's; in Node this is an http.Agent.
		...(hasAgent(options)
			? {
					agent: agentFor(url, wire, {
						source,
						plain,
						cookies,
						insecure,
						tls,
						resolve,
					}) as unknown as boolean,
				}
			: { withCredentials: cookies, ...tlsOptions(tls) }),
	};
}

/** Awaits the phases in their order and records how long each took. */
async function connectAndTime(
	options: SessionOptions,
	{ socket, wire, answers, phases }: Session,
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
		await withTimeout(limit, "setup_timeout", "setup() did not end", watch.unlessEnded(setup(socket)));
		before = nowUs();
	}
	if (message === null) return;
	refuseOversized(message, watch.maxPayload);
	watch.stage = `while it waited for the answer to "${message.event}"`;
	const ackLimit = options.ackTimeout * 1000;
	const answer = watch.unlessEnded(answered(answers, message));
	await withTimeout(ackLimit, "no_ack", `no answer to "${message.event}"`, answer);
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
