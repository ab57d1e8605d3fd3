/**
 * The HTTP agent of one client: keeps connections alive as browsers do (without it Node's client opens one for each
 * poll), takes the times of the first connection's phases, and counts requests and bytes.
 */
import { type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { nowUs } from "../pacing/clock.ts";

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
	/** When bytes last arrived (monotonic µs): earlier than the answer in them is decoded. */
	receivedAt = 0;
	readonly #open = new Set<Socket>();
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
			this.receivedAt = nowUs();
			return push(chunk, encoding);
		};
	}

	/** Keeps what is written from now on, on all connections, until `release`. False when it already does. */
	tryHold(): boolean {
		if (this.#held !== null) return false;
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

/** A keep-alive agent that reports to `wire`; `source` is the address it connects from, empty = any. */
export function agentFor(secure: boolean, wire: Wire, source: string, plain = false): HttpAgent {
	const options = { keepAlive: true, ...(source !== "" && { localAddress: source, family: isIP(source) }) };
	const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
	const create = agent.createConnection.bind(agent);
	agent.createConnection = (options, onCreated?: OnCreated) => {
		const socket = create(options, onCreated);
		if (socket) wire.watch(socket as Socket);
		return socket;
	};
	const requesting = agent as unknown as RequestingAgent;
	const addRequest = requesting.addRequest.bind(agent);
	requesting.addRequest = (request, options) => {
		wire.requests += 1;
		if (!plain) Object.defineProperty(request, "reusedSocket", NEVER_REUSED);
		addRequest(request, options);
	};
	return agent;
}
