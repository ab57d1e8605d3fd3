/** Real socket.io clients on long-polling, and the CPU that their messages cost the proxy in front of the node. */
import type { Agent } from "node:http";
import { io, type Socket } from "socket.io-client";
import { agentFor, Wire } from "../../../loadtest/clients/transport/agent.ts";
import { cpuOf } from "./cpu.ts";

/** A proxy under test: its URL, and the process whose CPU is measured. */
export interface Proxy {
	readonly https: string;
	readonly pid: number;
}

export interface PollingClients extends Disposable {
	/** Microseconds of the proxy's CPU per message and its answer, at `rate` messages per second. Rejects when a message is not answered. */
	costOfEcho(rate: number, seconds: number): Promise<number>;
}

const ANSWER_LIMIT_MS = 10_000;
/**
 * workerd closes a connection after 5 s without a request (pipelineTimeout of kj's HTTP server), and resets one on
 * which a request arrives at that moment. Clients close idle connections sooner, so that they never meet it.
 */
const IDLE_CONNECTION_MS = 2000;

/** Connects `count` clients through the proxy. Their connections are kept alive, like those of a browser. */
export async function connectPolling(proxy: Proxy, count: number): Promise<PollingClients> {
	const sockets: Socket[] = [];
	for (let i = 0; i < count; i++) {
		const socket = io(proxy.https, {
			forceNew: true,
			transports: ["polling"],
			upgrade: false,
			reconnection: false,
			rejectUnauthorized: false,
			agent: agentWithIdleLimit() as unknown as string,
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
			await sendEchoes(sockets, rate, messages);
			return ((await cpuOf(proxy.pid)) - before) * (1000 / messages);
		},
		[Symbol.dispose]() {
			for (const socket of sockets) socket.disconnect();
		},
	};
}

/** Node's agent destroys a connection that was idle for its `timeout`, but not one whose request is being answered. */
function agentWithIdleLimit(): Agent {
	const agent = agentFor(new URL("https://localhost"), new Wire());
	Object.assign((agent as unknown as { options: object }).options, { timeout: IDLE_CONNECTION_MS });
	return agent;
}

/** Sends messages at a steady rate, from the clients in turn. Resolves when all are answered. */
async function sendEchoes(sockets: readonly Socket[], rate: number, messages: number): Promise<void> {
	const answers: Promise<unknown>[] = [];
	const startedAt = performance.now();
	const payload = "x".repeat(100);
	await new Promise<void>((resolve) => {
		const timer = setInterval(() => {
			const due = Math.min(messages, Math.floor(((performance.now() - startedAt) * rate) / 1000));
			while (answers.length < due) {
				const socket = sockets[answers.length % sockets.length]!;
				answers.push(socket.timeout(ANSWER_LIMIT_MS).emitWithAck("echo", payload));
			}
			if (due < messages) return;
			clearInterval(timer);
			resolve();
		}, 2);
	});
	await Promise.all(answers);
}
