import { io, type Socket } from "socket.io-client";
import { describe, expect, it } from "vitest";
import { type Stack, startStack } from "../../origin/stack.ts";
import { VERDICT_LIFETIME_MS } from "../../worker/contract.ts";

/** A client that sends numbered events one after another, and repeats each until it is acknowledged. */
interface Sender {
	readonly socket: Socket;
	readonly refused: string[];
	sent: number;
	acknowledged: number;
	done: Promise<void>;
}

function startSender(stack: Stack, transports: string[], stop: AbortSignal): Sender {
	const socket = io(stack.https, { forceNew: true, transports, rejectUnauthorized: false });
	const sender: Sender = { socket, refused: [], sent: 0, acknowledged: 0, done: Promise.resolve() };
	socket.on("connect_error", (error) => sender.refused.push(error.message));
	sender.done = (async () => {
		while (!stop.aborted) {
			sender.sent += 1;
			for (;;) {
				const answer = await socket
					.timeout(2000)
					.emitWithAck("echo", sender.sent)
					.catch(() => null);
				if (answer === sender.sent) break;
			}
			sender.acknowledged += 1;
		}
	})();
	return sender;
}

describe("a roll of all nodes under load", () => {
	it("lets every handshake succeed and loses no event that is repeated until acknowledged", async () => {
		const pool = { health: { interval: 1, timeout: 1, rise: 1, fall: 2 }, slow_start: 0 };
		const drain = { wait: 1000 + VERDICT_LIFETIME_MS, rate: 100, deadline: 3000 };
		await using stack = await startStack({ pool, drain });
		const before = stack.cluster.nodes.map(({ pid }) => pid);
		const stop = new AbortController();
		const senders = [
			...Array.from({ length: 9 }, () => startSender(stack, ["polling"], stop.signal)),
			...Array.from({ length: 9 }, () => startSender(stack, ["websocket"], stop.signal)),
		];
		await stack.cluster.roll();
		stop.abort();
		await Promise.all(senders.map(({ done }) => done));
		expect(senders.flatMap(({ refused }) => refused)).toEqual([]);
		for (const { sent, acknowledged } of senders) expect(acknowledged).toBe(sent);
		expect(Math.min(...senders.map(({ acknowledged }) => acknowledged))).toBeGreaterThan(10);
		const after = stack.cluster.nodes.map(({ pid }) => pid);
		expect(after.filter((pid) => before.includes(pid))).toEqual([]);
		for (const { socket } of senders) socket.disconnect();
	}, 60_000);
});
