/** The connections of a hostile visitor: bytes as they are given, over TLS or plain TCP, all from one address. */
import { Agent, request } from "node:https";
import { connect, type Socket } from "node:net";
import { type TLSSocket, connect as tlsConnect } from "node:tls";

/** Linux's loopback takes every address of 127.0.0.0/8. */
export const ATTACKER_ADDRESS = "127.0.0.66";

/** More connections than this are not the kind of attack that is meant: the oldest is closed. */
const MAX_OPEN = 600;
const TRICKLE_INTERVAL_MS = 1000;

/** What an attacker knows. */
export interface Target {
	readonly host: string;
	readonly httpsPort: number;
	readonly httpPort: number;
	/** The nodes' tags, which every session id shows. */
	readonly tags: readonly string[];
}

/** One TLS connection: `wire` is its TCP socket. */
export interface Connection {
	readonly wire: Socket;
	readonly secure: TLSSocket;
}

export class Attacker {
	/** Answers by status, as far as they arrived. */
	readonly statuses: Record<string, number> = {};
	sent = 0;
	readonly target: Target;
	readonly random: () => number;
	readonly #open = new Set<Socket>();
	readonly #trickling = new Set<TLSSocket>();
	readonly #agent = new Agent({ keepAlive: true, maxSockets: 16, localAddress: ATTACKER_ADDRESS });
	#session: Buffer | undefined;

	constructor(target: Target, random: () => number) {
		this.target = target;
		this.random = random;
		setInterval(() => {
			for (const secure of this.#trickling) secure.write("x");
		}, TRICKLE_INTERVAL_MS);
	}

	/** One of the list, drawn. */
	pick<T>(list: readonly T[]): T {
		return list[Math.floor(this.random() * list.length)]!;
	}

	/** `length` drawn letters. */
	letters(length: number): string {
		return Array.from({ length }, () => this.pick([..."abcdefghijklmnopqrstuvwxyz"])).join("");
	}

	/** A session id that no node has, with the tag of one of them. */
	sidOfNode(): string {
		return this.pick(this.target.tags) + this.letters(17);
	}

	/** A session id with the tag of no node. */
	sidOfNobody(): string {
		return `zzz${this.letters(17)}`;
	}

	/** Sends bytes on a TLS connection of their own, which stays open. */
	send(bytes: string | Buffer): Connection {
		const connection = this.connect();
		connection.secure.write(bytes, "latin1");
		connection.secure.once("data", (data) => this.#count(String(data)));
		return connection;
	}

	/** Opens a TLS connection. */
	connect(): Connection {
		this.sent += 1;
		const wire = this.tcp(this.target.httpsPort);
		const session = this.#session === undefined ? {} : { session: this.#session };
		const secure = tlsConnect({
			socket: wire,
			servername: "localhost",
			rejectUnauthorized: false,
			...session,
		});
		secure.on("error", () => {});
		secure.once("session", (ticket) => {
			this.#session = ticket;
		});
		return { wire, secure };
	}

	/** Sends bytes over plain TCP to the port for http. */
	sendPlain(bytes: string): Socket {
		this.sent += 1;
		const socket = this.tcp(this.target.httpPort);
		socket.once("data", (data) => this.#count(String(data)));
		socket.write(bytes, "latin1");
		return socket;
	}

	tcp(port: number): Socket {
		const socket = connect({ host: this.target.host, port, localAddress: ATTACKER_ADDRESS });
		socket.on("error", () => {});
		this.#open.add(socket);
		socket.once("close", () => this.#open.delete(socket));
		if (this.#open.size > MAX_OPEN) [...this.#open][0]!.destroy();
		return socket;
	}

	/** From now on the connection sends one byte each second. */
	trickle({ secure }: Connection): void {
		this.#trickling.add(secure);
		secure.once("close", () => this.#trickling.delete(secure));
	}

	/** A request on one of a few kept-alive connections. */
	request(method: string, path: string, headers: Readonly<Record<string, string>> = {}): void {
		this.sent += 1;
		const { host, httpsPort: port } = this.target;
		const sent = request({
			host,
			port,
			method,
			path,
			headers,
			agent: this.#agent,
			rejectUnauthorized: false,
		});
		sent.once("response", (answer) => {
			this.#countStatus(answer.statusCode!);
			answer.resume();
		});
		sent.on("error", () => this.#countStatus("error"));
		sent.end();
	}

	#count(data: string): void {
		this.#countStatus(/^HTTP\/1\.\d (\d{3})/.exec(data)?.[1] ?? "not HTTP");
	}

	#countStatus(status: number | string): void {
		this.statuses[status] = (this.statuses[status] ?? 0) + 1;
	}
}
