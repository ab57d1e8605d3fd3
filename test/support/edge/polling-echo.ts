/** Real socket.io clients on long-polling, and what their messages cost the proxy between them and the node. */
import { io, type Socket } from "socket.io-client";
import { agentFor, Wire } from "../../../loadtest/clients/transport/agent.ts";
import { cpuOf } from "./cpu.ts";

/** A proxy under test: where it listens, and the process whose CPU counts. */
export interface Proxy {
	readonly https: string;
	readonly pid: number;
}

export interface PollingClients extends Disposable {
	/** µs of the proxy's CPU for each message and its answer, at so many a second for so long. Rejects when one is not answered. */
	costOfEcho(rate: number, seconds: number): Promise<number>;
}

const ANSWER_LIMIT = 10_000;

/** Connects `count` clients through the proxy; their connections are kept alive, as a browser's are. */
export async function connectPolling(proxy: Proxy, count: number): Promise<PollingClients> {
	const sockets: Socket[] = [];
	for (let i = 0; i < count; i++) {
		const socket = io(proxy.https, {
			forceNew: true,
			transports: ["polling"],
			upgrade: false,
			reconnection: false,
			rejectUnauthorized: false,
			agent: agentFor(true, new Wire(), "") as unknown as string,
		});
		sockets.push(socket);
		await new Promise<void>((resolve, reject) => {
			socket.once("connect", resolve);
			socket.once("connect_error", reject);
		});
	}
	return {
		async costOfEcho(rate, seconds) {
			const before = await cpuOf(proxy.pid);
			const messages = Math.floor(rate * seconds);
			await echoes(sockets, rate, messages);
			return ((await cpuOf(proxy.pid)) - before) * (1000 / messages);
		},
		[Symbol.dispose]() {
			for (const socket of sockets) socket.disconnect();
		},
	};
}

/** Sends so many messages at a steady rate, by turns; resolves when each was answered. */
async function echoes(sockets: readonly Socket[], rate: number, messages: number): Promise<void> {
	const answers: Promise<unknown>[] = [];
	const startedAt = performance.now();
	const payload = "x".repeat(100);
	await new Promise<void>((resolve) => {
		const timer = setInterval(() => {
			const due = Math.min(messages, Math.floor(((performance.now() - startedAt) * rate) / 1000));
			while (answers.length < due) {
				const socket = sockets[answers.length % sockets.length]!;
				answers.push(socket.timeout(ANSWER_LIMIT).emitWithAck("echo", payload));
			}
			if (due < messages) return;
			clearInterval(timer);
			resolve();
		}, 2);
	});
	await Promise.all(answers);
}
