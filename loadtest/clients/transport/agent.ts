/**
 * The HTTP agent of one client: keeps connections alive as browsers do (without it Node's client opens one for each
 * poll), takes the times of the first connection's phases, and counts requests and bytes.
 */
import type { LookupAddress, LookupOptions } from "node:dns";
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { hostPort } from "../../plan/paths.ts";
import { secureContextOf, type TlsFiles } from "../../plan/tls-files.ts";
import { nowUs } from "../pacing/clock.ts";
import { Cookies } from "./cookies.ts";

const SWITCHING_PROTOCOLS = 101;

/** When the steps of the first connection ended (monotonic µs); 0 = not taken (an IP address needs no look-up). */
export interface ConnectTimes {
	created: number;
	lookup: number;
	connect: number;
	secure: number;
}

/** The connections of one client: what they have carried so far. */
export class Wire {
	readonly first: ConnectTimes = { created: 0, lookup: 0, connect: 0, secure: 0 };
	requests = 0;
	connections = 0;
	/** TLS connections that skipped the full handshake. */
	resumed = 0;
	/** When the bytes of messages last arrived (monotonic µs): earlier than the messages are decoded. */
	receivedAt = 0;
	/** The client's cookies. */
	readonly cookies = new Cookies();
	/** The first redirect that a request got. */
	redirect: { readonly status: number; readonly location: string } | null = null;
	readonly #open = new Set<Socket>();
	/** When any bytes last arrived. */
	#arrivedAt = 0;
	readonly #webSockets = new WeakSet<Socket>();
	/** Connections whose writes are held; null = none are. */
	#held: Socket[] | null = null;
	#closedSent = 0;
	#closedReceived = 0;

	watch(socket: Socket): void {
		this.connections += 1;
		this.#open.add(socket);
		this.#stampArrivals(socket);
		if (this.#held !== null) this.#hold(socket, this.#held);
		socket.once("close", () => {
			this.#open.delete(socket);
			this.#closedSent += socket.bytesWritten;
			this.#closedReceived += socket.bytesRead;
		});
		socket.once("secureConnect", () => {
			if ((socket as TLSSocket).isSessionReused()) this.resumed += 1;
		});
		if (this.connections === 1) this.#timeSteps(socket);
	}

	/** Node pushes each chunk into the stream as soon as it has read it. */
	#stampArrivals(socket: Socket): void {
		const push = socket.push.bind(socket);
		socket.push = (chunk, encoding) => {
			this.#arrivedAt = nowUs();
			if (this.#webSockets.has(socket)) this.receivedAt = this.#arrivedAt;
			return push(chunk, encoding);
		};
	}

	/** The head of an answer has just arrived: that of a poll brings messages, that of a POST only confirms it. */
	takeHead({ socket, statusCode }: IncomingMessage, method: string): void {
		if (statusCode === SWITCHING_PROTOCOLS) this.#webSockets.add(socket);
		else if (method === "GET") this.receivedAt = this.#arrivedAt;
	}

	/** Keeps what is written from now on, on all connections, until `release`. False when it already does, or has none. */
	tryHold(): boolean {
		if (this.#held !== null || this.#open.size === 0) return false;
		this.#held = [];
		for (const socket of this.#open) this.#hold(socket, this.#held);
		return true;
	}

	#hold(socket: Socket, held: Socket[]): void {
		socket.cork();
		held.push(socket);
	}

	/** Writes what was held. */
	release(): void {
		const held = this.#held ?? [];
		this.#held = null;
		for (const socket of held) socket.uncork();
	}

	#timeSteps(socket: Socket): void {
		const { first } = this;
		first.created = nowUs();
		socket.once("lookup", () => {
			first.lookup = nowUs();
		});
		socket.once("connect", () => {
			first.connect = nowUs();
		});
		socket.once("secureConnect", () => {
			first.secure = nowUs();
		});
	}

	/** Bytes written and read on all connections since the start. */
	bytes(): { sent: number; received: number } {
		let sent = this.#closedSent;
		let received = this.#closedReceived;
		for (const socket of this.#open) {
			sent += socket.bytesWritten;
			received += socket.bytesRead;
		}
		return { sent, received };
	}

	/** Destroys all connections, like a lost network. */
	cut(): void {
		for (const socket of this.#open) socket.destroy();
	}
}

type OnCreated = (error: Error | null, socket: Duplex) => void;

/** `http.request` calls `addRequest`, which the types lack. */
interface RequestingAgent {
	addRequest(request: ClientRequest, options: object): void;
}

/**
 * xmlhttprequest-ssl 2.1.2 repeats a poll when a reused connection is reset, but never ends the new request: the
 * client stays silent until its ping timeout. With this property it regards no connection as reused, and reports the
 * failed poll. `--plain-client` leaves it out.
 */
const NEVER_REUSED: PropertyDescriptor = { get: () => false, set: () => {} };

const LOCALHOSTS: LookupAddress[] = [
	{ address: "127.0.0.1", family: 4 },
	{ address: "::1", family: 6 },
];

/** What an agent does beside keeping connections. */
export interface AgentOptions {
	/** The address to connect from; empty = any. */
	readonly source?: string;
	/** Leave requests as the client makes them. */
	readonly plain?: boolean;
	/** Keep the cookies that the target sets. */
	readonly cookies?: boolean;
	/** Trust any certificate; undefined leaves it to the requests. */
	readonly insecure?: boolean;
	readonly tls?: TlsFiles;
	/** Addresses to connect to, by `host:port`. */
	readonly resolve?: Readonly<Record<string, string>>;
}

/** A keep-alive agent for a target that reports to `wire`. */
export function agentFor(target: URL, wire: Wire, given: AgentOptions = {}): HttpAgent {
	const { source = "", plain = false, cookies = false } = given;
	// A source has a family, and Node would not look for an address of the same one by itself.
	const options = { keepAlive: true, ...(source !== "" && { localAddress: source, family: isIP(source) }) };
	const isSecure = target.protocol === "https:";
	const agent = isSecure ? new HttpsAgent({ ...options, ...tlsOf(given) }) : new HttpAgent(options);
	const address = given.resolve?.[hostPort(target.href)];
	const isLocalhost = target.hostname === "localhost" && source === "";
	const toward = address === undefined ? (isLocalhost ? { lookup: bothLocalhosts } : {}) : { host: address };
	const create = agent.createConnection.bind(agent);
	agent.createConnection = (options, onCreated?: OnCreated) => {
		const socket = create({ ...options, ...toward }, onCreated);
		if (socket) wire.watch(socket as Socket);
		return socket;
	};
	const requesting = agent as unknown as RequestingAgent;
	const addRequest = requesting.addRequest.bind(agent);
	requesting.addRequest = (request, options) => {
		wire.requests += 1;
		if (!plain) Object.defineProperty(request, "reusedSocket", NEVER_REUSED);
		if (cookies) wire.cookies.addTo(request, target);
		const onAnswer = (answer: IncomingMessage) => {
			wire.takeHead(answer, request.method);
			if (cookies) wire.cookies.store(answer, request.path, target);
			wire.redirect ??= redirectOf(answer);
		};
		request.prependOnceListener("response", onAnswer);
		// A listener for upgrades alone makes Node accept one that was not asked for.
		if (request.hasHeader("upgrade")) request.prependOnceListener("upgrade", onAnswer);
		addRequest(request, options);
	};
	return agent;
}

/**
 * `localhost` is both loopback addresses (RFC 6761, section 6.3), whatever /etc/hosts says: those of containers often
 * lack one. Node then tries one after the other.
 */
function bothLocalhosts(
	_host: string,
	{ all }: LookupOptions,
	found: (error: null, address: string | LookupAddress[], family?: number) => void,
): void {
	if (all) found(null, LOCALHOSTS);
	else found(null, LOCALHOSTS[0]!.address, LOCALHOSTS[0]!.family);
}

function tlsOf({ tls, insecure }: AgentOptions): object {
	const own = tls !== undefined && (tls.ca !== "" || tls.cert !== "");
	return {
		...(insecure !== undefined && { rejectUnauthorized: !insecure }),
		...(own && { secureContext: secureContextOf(tls) }),
	};
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage): Wire["redirect"] {
	if (statusCode < 300 || statusCode > 399 || headers.location === undefined) return null;
	// Its query is Engine.IO's and the client's own.
	return { status: statusCode, location: headers.location.replace(/[?#].*$/s, "") };
}
