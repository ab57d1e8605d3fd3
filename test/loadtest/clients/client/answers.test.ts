import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { io, type Socket } from "socket.io-client";
import { afterEach, expect, test } from "vitest";
import { type AnswerRule, Answers, nextSeq, seqIn } from "../../../../loadtest/clients/client/answers.ts";

const cleanups: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A client of a server whose application `listen` sets up, and its answers. */
async function clientOf(listen: (server: Server) => void, rule: AnswerRule) {
	const http: HttpServer = createServer();
	const server = new Server(http);
	listen(server);
	await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
	cleanups.push(() => server.close());
	const connect = async () => {
		const socket: Socket = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, {
			forceNew: true,
			transports: ["websocket"],
		});
		const answers = new Answers(socket, rule);
		await new Promise<void>((resolve) => socket.once("connect", resolve));
		cleanups.push(() => socket.disconnect());
		return { socket, answers };
	};
	return { connect, ...(await connect()) };
}

/** Sends a message; resolves when it is answered. */
function sendTo(answers: Answers, event: string, args: (seq: number) => unknown[]): Promise<number> {
	const seq = nextSeq();
	return new Promise((resolve) => answers.send(event, args(seq), seq, () => resolve(seq)));
}

/** A round trip on the same connection: all that the server sent before it has arrived. */
function settle(socket: Socket): Promise<unknown> {
	return socket.timeout(5000).emitWithAck("settle");
}

test("an answer by event belongs to the message whose {seq} it holds, in whatever order answers come", async () => {
	const held: { id: number }[] = [];
	const { answers } = await clientOf(
		(server) =>
			server.on("connection", (socket) =>
				socket.on("say", (message: { id: number }) => {
					held.push(message);
					if (held.length === 3) for (const each of held.reverse()) socket.emit("said", "x", each);
				}),
			),
		{ ack: "said", ackMatch: "1.id" },
	);
	const order: number[] = [];
	const sent = [1, 2, 3].map((n) => sendTo(answers, "say", (id) => [{ id }]).then(() => order.push(n)));
	await Promise.all(sent);
	expect(order).toEqual([3, 2, 1]);
	expect(answers.takeExtra()).toBe(0);
});

test("the broadcast answers to other clients' messages are neither answers nor extra ones, a second answer is", async () => {
	const { connect, socket, answers } = await clientOf(
		(server) =>
			server.on("connection", (socket) => {
				socket.on("say", (message: unknown) => {
					for (let times = 0; times < 2; times++) server.emit("say", message);
				});
				socket.on("settle", (ack: () => void) => ack());
			}),
		{ ack: "say", ackMatch: "0.id" },
	);
	const other = await connect();
	await Promise.all([
		sendTo(answers, "say", (id) => [{ id }]),
		sendTo(other.answers, "say", (id) => [{ id: String(id) }]),
	]);
	await settle(socket);
	expect(answers.takeExtra()).toBe(1);
	expect(answers.takeExtra()).toBe(0);
});

test("without a match answers are taken in order, and one that no message waits for is extra", async () => {
	const { socket, answers } = await clientOf(
		(server) =>
			server.on("connection", (socket) => {
				socket.on("say", () => {
					socket.emit("said");
					socket.emit("said");
				});
				socket.on("settle", (ack: () => void) => ack());
			}),
		{ ack: "said", ackMatch: "" },
	);
	await sendTo(answers, "say", () => []);
	await settle(socket);
	expect(answers.takeExtra()).toBe(1);
});

test("a second acknowledgement of one message is extra", async () => {
	const { socket, answers } = await clientOf(
		(server) =>
			server.on("connection", (socket) => {
				// socket.io's server lets an application acknowledge once only, so the second packet is written by hand.
				socket.on("say", (ack: () => void) => {
					ack();
					socket.conn.write("30[]");
				});
				socket.on("settle", (ack: () => void) => ack());
			}),
		{ ack: "", ackMatch: "" },
	);
	await sendTo(answers, "say", () => []);
	await settle(socket);
	expect(answers.takeExtra()).toBeGreaterThanOrEqual(1);
});

test.each([
	[[{ id: 7 }], "0.id", "7"],
	[["room", { data: [{ id: "7" }] }], "1.data.0.id", "7"],
	[[7], "0", "7"],
	[[{ id: null }], "0.id", undefined],
	[[{ id: { seq: 7 } }], "0.id", undefined],
	[[], "0.id", undefined],
	[["text"], "0.length", undefined],
	[[{}], "0.constructor", undefined],
])("the {seq} of %j at %s is %s", (args, path, seq) => {
	expect(seqIn(args, path.split("."))).toBe(seq);
});
