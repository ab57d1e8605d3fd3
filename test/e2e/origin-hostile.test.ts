import { connect as connectTcp, type Socket as TcpSocket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { BODIES, MESSAGES, REQUESTS } from "../support/origin/hostile.ts";
import { connectClient, upgradeRequest } from "../support/origin/node.ts";
import { startTestStack, type TestStack } from "../support/origin/stack.ts";

const OPEN = "/socket.io/?EIO=4&transport=polling";

let stack: TestStack;
let pids: number[];
beforeAll(async () => {
	stack = await startTestStack();
	pids = stack.cluster.nodes.map(({ pid }) => pid);
	// The edge's certificate is self-signed.
	process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
});
afterAll(async () => {
	delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
	await stack[Symbol.asyncDispose]();
});

/** Sends bytes and half-closes; resolves when the other side has answered or closed, or after half a second. */
async function send(url: string, bytes: string): Promise<void> {
	const { protocol, hostname, port } = new URL(url);
	const socket: TcpSocket =
		protocol === "https:"
			? connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false })
			: connectTcp(Number(port), hostname);
	await new Promise<void>((resolve) => {
		const timeout = setTimeout(resolve, 500);
		const finish = () => {
			clearTimeout(timeout);
			resolve();
		};
		socket.once("data", finish);
		socket.once("close", finish);
		socket.on("error", finish);
		socket.end(Buffer.from(bytes, "latin1"));
	});
	socket.destroy();
}

/** Opens a session, sends the messages and an echo; resolves when the server closes the session or answers the echo. */
async function speak(url: string, messages: readonly (string | Buffer)[]): Promise<void> {
	const address = `${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`;
	const socket = new WebSocket(address, { rejectUnauthorized: false });
	await new Promise<void>((resolve, reject) => {
		socket.on("error", reject);
		socket.on("close", () => resolve());
		socket.on("message", (data) => {
			const text = String(data);
			if (text.startsWith("0")) socket.send("40");
			if (text.startsWith("40"))
				for (const message of [...messages, '4277["echo","over"]']) socket.send(message);
			if (text.startsWith("4377")) resolve();
		});
	});
	socket.terminate();
}

async function post(url: string, { body, type }: { body: string | Buffer; type?: string }): Promise<void> {
	const opened = await (await fetch(url + OPEN)).text();
	const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
	const send = (body: string | Buffer, type: string) =>
		fetch(`${url}${OPEN}&sid=${sid}`, {
			method: "POST",
			body: body as string,
			headers: { "content-type": type },
		});
	await (await send("40", "text/plain")).text();
	// The server may also close the connection when a body is too large.
	await send(body, type ?? "text/plain;charset=UTF-8").catch(() => {});
}

describe.each(["direct", "through the edge"])("%s", (path) => {
	const url = () => (path === "direct" ? stack.cluster.nodes[0]!.url : stack.edge.https);

	async function expectUndisturbed(attack: () => Promise<unknown>): Promise<void> {
		using bystander = await connectClient(url(), ["websocket"], { rejectUnauthorized: false });
		await attack();
		expect(await bystander.emitWithAck("echo", "here")).toBe("here");
		using newcomer = await connectClient(url(), ["polling"], { rejectUnauthorized: false });
		expect(await newcomer.emitWithAck("echo", "new")).toBe("new");
		expect(stack.cluster.nodes.map(({ pid }) => pid)).toEqual(pids);
	}

	test("invalid requests do not affect nodes and other sessions", () =>
		expectUndisturbed(() => Promise.all(Object.values(REQUESTS).map((bytes) => send(url(), bytes)))));

	test("messages that violate the protocol do not affect nodes and other sessions", () =>
		expectUndisturbed(() => Promise.all(Object.values(MESSAGES).map((messages) => speak(url(), messages)))));

	test("bodies that violate the protocol do not affect nodes and other sessions", () =>
		expectUndisturbed(() => Promise.all(Object.values(BODIES).map((body) => post(url(), body)))));
});

test("an endless message of one-byte fragments is ended at the node's fragment limit", async () => {
	const { port } = new URL(stack.cluster.nodes[0]!.url);
	const socket = connectTcp(Number(port), "127.0.0.1");
	socket.write(upgradeRequest("/socket.io/?EIO=4&transport=websocket"));
	await new Promise((resolve) => socket.once("data", resolve));
	// A text frame without FIN, then continuations without FIN; masked with zeros, one byte each.
	const first = Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x34]);
	const more = Buffer.from([0x00, 0x81, 0, 0, 0, 0, 0x34]);
	const received: Buffer[] = [];
	socket.on("data", (chunk) => received.push(chunk));
	const closed = new Promise((resolve) => socket.once("close", resolve));
	socket.on("error", () => {});
	socket.write(Buffer.concat([first, ...Array<Buffer>(1_100).fill(more)]));
	socket.once("end", () => socket.end());
	await closed;
	// Close frame with code 1008, policy violation.
	expect(Buffer.concat(received).includes(Buffer.from([0x88, 0x02, 0x03, 0xf0]))).toBe(true);
});
