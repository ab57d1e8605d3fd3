/** Engine.IO sessions of well-behaved clients, request by request, so that each one's status and time are known. */
import { once } from "node:events";
import { Agent, request } from "node:https";
import { WebSocket } from "ws";
import { POLLING, WEBSOCKET } from "./attack.ts";
import type { Tally } from "./tally.ts";

/** A request that takes longer has failed. A poll takes at most the nodes' ping interval. */
const ANSWER_LIMIT_MS = 8000;
/** workerd closes a connection after 5 s without a request; a client that closes it sooner avoids that race. */
const IDLE_CONNECTION_MS = 2000;

/** A session that has connected its namespace. */
export interface Session {
	/** Sends an event and resolves with its acknowledgement. */
	echo(): Promise<void>;
	/** Closes the session as a leaving client does. */
	close(): Promise<void>;
	/** Resolves once it has failed. */
	readonly ended: Promise<string>;
	/** Closes its connections without ending the session. */
	drop(): void;
}

/** A request or message that went wrong. */
class Failure extends Error {
	override readonly name = "Failure";
}

/** Packets of one payload (Engine.IO protocol 4): acknowledgements resolve echoes, pings get their pong. */
class Packets {
	readonly #waiting = new Map<string, () => void>();
	readonly connected = Promise.withResolvers<void>();
	readonly #send: (packet: string) => void;
	#next = 0;

	constructor(send: (packet: string) => void) {
		this.#send = send;
	}

	read(packet: string): void {
		if (packet === "2") this.#send("3");
		else if (packet.startsWith("40")) this.connected.resolve();
		else if (packet.startsWith("43")) {
			const id = /^43(\d+)/.exec(packet)?.[1] ?? "";
			this.#waiting.get(id)?.();
			this.#waiting.delete(id);
		} else if (packet.startsWith("1") || packet.startsWith("41")) throw new Failure("closed by the node");
	}

	/** The packet of a new echo, and the promise of its acknowledgement. */
	newEcho(): { packet: string; acknowledged: Promise<void> } {
		const id = String(this.#next++);
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#waiting.set(id, resolve);
		return { packet: `42${id}["echo","${id}"]`, acknowledged: promise };
	}
}

/** Rejects when `work` takes too long, or the session ends meanwhile. */
async function within<T>(what: string, work: Promise<T>, ended: Promise<string>): Promise<T> {
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(() => late.reject(new Failure(`${what}: no answer`)), ANSWER_LIMIT_MS);
	try {
		const end = ended.then((reason) => Promise.reject(new Failure(reason)));
		return await Promise.race([work, late.promise, end]);
	} finally {
		clearTimeout(timer);
	}
}

export async function openPolling(edge: string, localAddress: string, tally: () => Tally): Promise<Session> {
	const agent = new Agent({ keepAlive: true, maxSockets: 4, localAddress, timeout: IDLE_CONNECTION_MS });
	const end = Promise.withResolvers<string>();
	let left = false;
	const ask = async (what: string, method: "GET" | "POST", url: string, body = "") => {
		const startedAt = performance.now();
		const answer = await askOnce(agent, method, url, body)
			.catch((error: NodeJS.ErrnoException) => {
				throw error instanceof Failure ? error : new Failure(error.code ?? error.message);
			})
			.catch((error: Failure) => {
				throw new Failure(`${what}: ${error.message}`);
			});
		if (answer.status !== 200) throw new Failure(`${what}: ${answer.status} ${shortened(answer.body)}`);
		if (what !== "poll") tally().took(startedAt);
		return answer.body;
	};
	try {
		const opened = await ask("polling handshake", "GET", edge + POLLING);
		tally().opened += 1;
		const url = `${edge}${POLLING}&sid=${(JSON.parse(opened.slice(1)) as { sid: string }).sid}`;
		const post = (packet: string) => ask("post", "POST", url, packet).then(() => {});
		const packets = new Packets((packet) => void post(packet).catch((error) => end.resolve(error.message)));
		const poll = async () => {
			for (const packet of (await ask("poll", "GET", url)).split("\x1e")) packets.read(packet);
		};
		const pollOn = async () => {
			while (!left) await poll();
		};
		await post("40");
		const polling = pollOn().catch((error: Error) => end.resolve(error.message));
		await within("connect", packets.connected.promise, end.promise);
		return {
			ended: end.promise,
			async echo() {
				const startedAt = performance.now();
				const { packet, acknowledged } = packets.newEcho();
				await post(packet);
				await within("echo over polling", acknowledged, end.promise);
				tally().took(startedAt);
			},
			async close() {
				// The node answers the open poll first, then the POST.
				left = true;
				await Promise.all([post("1"), polling]);
				agent.destroy();
			},
			drop() {
				left = true;
				agent.destroy();
			},
		};
	} catch (error) {
		agent.destroy();
		throw error;
	}
}

function askOnce(agent: Agent, method: string, url: string, body: string) {
	return new Promise<{ status: number; body: string }>((resolve, reject) => {
		const headers = method === "POST" ? { "content-type": "text/plain;charset=UTF-8" } : {};
		const sent = request(url, { method, agent, rejectUnauthorized: false, headers });
		const timer = setTimeout(() => sent.destroy(new Failure("no answer")), ANSWER_LIMIT_MS);
		sent.once("error", reject);
		sent.once("close", () => clearTimeout(timer));
		sent.once("response", async (answer) => {
			try {
				const text = Buffer.concat(await answer.toArray()).toString();
				resolve({ status: answer.statusCode!, body: text });
			} catch (error) {
				reject(error as Error);
			}
		});
		sent.end(body);
	});
}

function shortened(body: string): string {
	return /"code":"?\w+/.exec(body)?.[0].replaceAll('"', "") ?? "";
}

export async function openWebSocket(
	edge: string,
	localAddress: string,
	tally: () => Tally,
): Promise<Session> {
	const startedAt = performance.now();
	const options = { localAddress, rejectUnauthorized: false, perMessageDeflate: false };
	const socket = new WebSocket(edge.replace(/^http/, "ws") + WEBSOCKET, options);
	const end = Promise.withResolvers<string>();
	socket.on("error", (error) => end.resolve(`WebSocket: ${error.message}`));
	socket.once("close", (code) => end.resolve(`WebSocket: closed with ${code}`));
	const packets = new Packets((packet) => socket.send(packet));
	try {
		await within("WebSocket handshake", once(socket, "open"), end.promise);
		tally().took(startedAt);
		tally().opened += 1;
		socket.on("message", (data) => {
			try {
				packets.read(String(data));
			} catch (error) {
				end.resolve(`WebSocket: ${(error as Error).message}`);
			}
		});
		socket.send("40");
		await within("connect", packets.connected.promise, end.promise);
	} catch (error) {
		socket.terminate();
		throw error;
	}
	return {
		ended: end.promise,
		async echo() {
			const sentAt = performance.now();
			const { packet, acknowledged } = packets.newEcho();
			socket.send(packet);
			await within("echo over WebSocket", acknowledged, end.promise);
			tally().took(sentAt);
		},
		async close() {
			const closed = once(socket, "close");
			socket.close();
			await closed;
		},
		drop: () => socket.terminate(),
	};
}
