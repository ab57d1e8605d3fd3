/** Twenty well-behaved clients, each at an address of its own: some stay, some come and go, some are socket.io-client. */
import { setTimeout as pause } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";
import { agentFor, Wire } from "../../../../loadtest/clients/transport/agent.ts";
import { openPolling, openWebSocket, type Session } from "./session.ts";
import { Tally } from "./tally.ts";

type Open = (edge: string, address: string, tally: () => Tally) => Promise<Session>;

const STAYING: readonly Open[] = [...Array(6).fill(openPolling), ...Array(5).fill(openWebSocket)];
const COMING_AND_GOING: readonly Open[] = [...Array(2).fill(openPolling), ...Array(4).fill(openWebSocket)];
const SOCKET_IO: readonly (readonly string[])[] = [["polling"], ["websocket"], ["polling", "websocket"]];
/** Sessions that the nodes have while nobody comes and goes. */
export const HELD_SESSIONS = STAYING.length + SOCKET_IO.length;

const ECHO_INTERVAL_MS = 250;
const VISIT_INTERVAL_MS = 250;
/** Every other span of this length is a lull: a request that succeeds may undo what an attack does, and there are few then. */
const LULL_MS = 2000;
const LULL_FACTOR = 5;
const BACK_AFTER_MS = 200;
const ECHO_LIMIT_MS = 8000;
const IDLE_CONNECTION_MS = 2000;

/** Waits for half to one and a half of the interval, so that the clients do not act in step, and longer in a lull. */
function pauseAbout(ms: number): Promise<void> {
	const isLull = Math.floor(performance.now() / LULL_MS) % 2 === 1;
	return pause(ms * (isLull ? LULL_FACTOR : 1) * (0.5 + Math.random()));
}

/** The address of the n-th client. */
const addressOf = (n: number) => `127.0.0.${101 + n}`;

export class Crowd implements AsyncDisposable {
	/** Counts from now on; a new one begins a new measurement. */
	tally = new Tally();
	readonly #edge: string;
	readonly #stop = new AbortController();
	readonly #work: Promise<void>[] = [];
	readonly #sockets: Socket[] = [];
	#visiting = new AbortController();
	#visits: Promise<void>[] = [];

	private constructor(edge: string) {
		this.#edge = edge;
	}

	/** Resolves once all that stay are connected. */
	static async start(edge: string): Promise<Crowd> {
		const crowd = new Crowd(edge);
		const sessions = await Promise.all(STAYING.map((open, n) => open(edge, addressOf(n), () => crowd.tally)));
		for (const [n, session] of sessions.entries()) crowd.#work.push(crowd.#stay(STAYING[n]!, n, session));
		for (const [n, transports] of SOCKET_IO.entries())
			await crowd.#startSocket(addressOf(STAYING.length + n), [...transports]);
		return crowd;
	}

	/** From now on, clients come and go. */
	open(): void {
		this.#visiting = new AbortController();
		const first = STAYING.length + SOCKET_IO.length;
		this.#visits = COMING_AND_GOING.map((open, n) => this.#visit(open, addressOf(first + n)));
	}

	/** Resolves when the last of those has left. */
	async close(): Promise<void> {
		this.#visiting.abort();
		await Promise.all(this.#visits);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.tally = new Tally();
		this.#stop.abort();
		for (const socket of this.#sockets) socket.disconnect();
		await this.close();
		await Promise.all(this.#work);
	}

	/** Echoes on one session. Opens another when it fails, until the crowd ends. */
	async #stay(open: Open, n: number, first: Session): Promise<void> {
		let session: Session | null = first;
		while (!this.#stop.signal.aborted) {
			try {
				session ??= await open(this.#edge, addressOf(n), () => this.tally);
				await session.echo();
				await pauseAbout(ECHO_INTERVAL_MS);
			} catch (error) {
				if (this.#stop.signal.aborted) break;
				this.tally.fail((error as Error).message);
				session?.drop();
				session = null;
				await pause(BACK_AFTER_MS);
			}
		}
		session?.drop();
	}

	/** Opens a session, echoes once and leaves, again and again, each time on new connections. */
	async #visit(open: Open, address: string): Promise<void> {
		await pauseAbout(VISIT_INTERVAL_MS);
		while (!this.#visiting.signal.aborted) {
			let session: Session | null = null;
			try {
				session = await open(this.#edge, address, () => this.tally);
				await session.echo();
				await session.close();
			} catch (error) {
				this.tally.fail((error as Error).message);
				session?.drop();
			}
			await pauseAbout(VISIT_INTERVAL_MS);
		}
	}

	/** A real client, which echoes until the crowd ends. Resolves once it is connected. */
	async #startSocket(address: string, transports: string[]): Promise<void> {
		const agent = agentFor(new URL("https://localhost"), new Wire(), { source: address });
		Object.assign((agent as unknown as { options: object }).options, { timeout: IDLE_CONNECTION_MS });
		const socket = io(this.#edge, {
			forceNew: true,
			transports,
			rejectUnauthorized: false,
			reconnectionDelay: BACK_AFTER_MS,
			agent: agent as unknown as string,
		});
		this.#sockets.push(socket);
		const name = `socket.io-client (${transports})`;
		socket.on("connect_error", (error) => this.tally.fail(`${name}: ${error.message}`));
		socket.on("disconnect", (reason) => this.tally.fail(`${name}: ${reason}`));
		await new Promise<void>((resolve) => {
			socket.on("connect", () => {
				this.tally.opened += 1;
				resolve();
			});
		});
		this.#work.push(this.#echoOn(socket, name));
	}

	async #echoOn(socket: Socket, name: string): Promise<void> {
		while (!this.#stop.signal.aborted) {
			const startedAt = performance.now();
			try {
				await socket.timeout(ECHO_LIMIT_MS).emitWithAck("echo", "x");
				this.tally.took(startedAt);
			} catch {
				if (socket.connected) this.tally.fail(`${name}: echo without answer`);
			}
			await pauseAbout(ECHO_INTERVAL_MS);
		}
	}
}
