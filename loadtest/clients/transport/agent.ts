/**
 * An agent for one client: keeps connections alive as browsers do (Node's client opens one for each poll
 * otherwise), stamps the phases of the first connection, and counts requests and bytes.
 */
import { type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { nowUs } from "../pacing/clock.ts";

/** Monotonic µs of the first connection's steps; 0 = has not happened (an address needs no look-up). */
export interface ConnectStamps {
	created: number;
	lookup: number;
	connect: number;
	secure: number;
}

/** What a client's connections have done so far. */
export class Wire {
	readonly first: ConnectStamps = { created: 0, lookup: 0, connect: 0, secure: 0 };
	requests = 0;
	connections = 0;
	/** TLS connections that skipped the full handshake. */
	resumed = 0;
	readonly #open = new Set<Socket>();
	#closedSent = 0;
	#closedReceived = 0;

	watch(socket: Socket): void {
		this.connections += 1;
		this.#open.add(socket);
		socket.once("close", () => {
			this.#open.delete(socket);
			this.#closedSent += socket.bytesWritten;
			this.#closedReceived += socket.bytesRead;
		});
		socket.once("secureConnect", () => {
			if ((socket as TLSSocket).isSessionReused()) this.resumed += 1;
		});
		if (this.connections === 1) this.#stamp(socket);
	}

	#stamp(socket: Socket): void {
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

	/** Cuts all connections at once, as a lost network does. */
	cut(): void {
		for (const socket of this.#open) socket.destroy();
	}
}

type Created = (error: Error | null, socket: Duplex) => void;

/** `addRequest` is what `http.request` calls; the types do not know it. */
interface Requester {
	addRequest(request: ClientRequest, options: object): void;
}

/**
 * xmlhttprequest-ssl 2.1.2 tries a poll again when a reused connection is reset, but never ends the new request:
 * the client stays silent until its ping time-out. Told that nothing was reused, it reports the failed poll.
 */
const NEVER_REUSED: PropertyDescriptor = { get: () => false, set: () => {} };

/** A keep-alive agent that reports to `wire`; `source` is the address it connects from, empty = any. */
export function agentFor(secure: boolean, wire: Wire, source: string): HttpAgent {
	const options = { keepAlive: true, ...(source !== "" && { localAddress: source, family: isIP(source) }) };
	const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
	const create = agent.createConnection.bind(agent);
	agent.createConnection = (options, created?: Created) => {
		const socket = create(options, created);
		if (socket) wire.watch(socket as Socket);
		return socket;
	};
	const requester = agent as unknown as Requester;
	const addRequest = requester.addRequest.bind(agent);
	requester.addRequest = (request, options) => {
		wire.requests += 1;
		Object.defineProperty(request, "reusedSocket", NEVER_REUSED);
		addRequest(request, options);
	};
	return agent;
}
