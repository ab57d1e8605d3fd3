/** How Socket.IO behaves for its clients: one suite, run against one node, the cluster and the edge. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transport } from "../loadtest/record/result.ts";
import { ask, Clients, isKnown, nextEvent } from "./support/behaviour/clients.ts";
import type { Target } from "./support/behaviour/targets.ts";

/** The transports for which a load balancer must be invisible. */
export const TRANSPORTS = ["polling", "websocket", "upgrade", "flashsocket"] as const;

/** Transports whose session is one connection. */
const SOCKETS = ["websocket", "upgrade", "flashsocket"] as const;

const RECONNECTING = { reconnection: true, reconnectionDelay: 10, randomizationFactor: 0 };

/** One behaviour that a client may rely on. */
export interface Check {
	readonly title: string;
	/** The transports it applies to; default: all. */
	readonly over?: readonly Transport[];
	readonly run: (clients: Clients) => Promise<void>;
}

/** All checks of the suite. */
export const CHECKS: readonly Check[] = [
	{ title: "a client connects, and keeps its session and transport", run: connects },
	{ title: "echoes come back unchanged and in order", run: echoes },
	{ title: "binary data comes back byte for byte, also inside other data", run: echoesBinary },
	{ title: "many concurrent acknowledgements each match their own message", run: acknowledges },
	{ title: "a message to a room reaches its members on any node, and no other client", run: reachesRoom },
	{ title: "a broadcast reaches the clients of every node", run: broadcasts },
	{ title: "a client whose session ended reconnects with a new session", run: reconnects },
	{ title: "a client whose connection broke reconnects", over: SOCKETS, run: survivesBreak },
	{
		title: "a session may use a new connection for each request",
		over: ["polling"],
		run: changesConnections,
	},
	{ title: "a client that disconnects is removed from its node", run: disconnects },
];

/** Registers the suite for a target, over all transports. */
export function describeBehaviour(name: string, start: () => Promise<Target>): void {
	describe(name, () => {
		let target: Target;
		beforeAll(async () => {
			target = await start();
		});
		afterAll(() => target?.[Symbol.asyncDispose]());
		describe.each(TRANSPORTS)("over %s", (transport) => {
			test.each(checksFor(transport))("$title", async ({ run }) => {
				using clients = new Clients(target, transport);
				await run(clients);
			});
		});
	});
}

/** The checks that apply to a transport. */
export function checksFor(transport: Transport): readonly Check[] {
	return CHECKS.filter(({ over }) => over === undefined || over.includes(transport));
}

/** The transport of a session after its upgrade, as its node counts it. */
function finalTransport(transport: Transport): string {
	return transport === "upgrade" ? "websocket" : transport;
}

async function connects(clients: Clients): Promise<void> {
	const { socket, sid, transport } = await clients.connect();
	expect(socket.connected).toBe(true);
	expect(transport).toBe(finalTransport(clients.transport));
	expect(socket.io.engine.transport.name).toBe(finalTransport(clients.transport));
	// An upgrade keeps the session that polling opened.
	expect(sid).toMatch(/^[\w-]{20,}$/);
	expect(socket.io.engine.id).toBe(sid);
}

async function echoes(clients: Clients): Promise<void> {
	const { socket } = await clients.connect();
	const sent = ["", "text", "Zürich — 東京 🚲", 0, 1.5, true, null, [1, ["two"]], { deep: { er: [{}] } }];
	for (const payload of sent) expect(await ask(socket, "echo", payload)).toEqual(payload);
	const long = "x".repeat(100_000);
	expect(await ask(socket, "echo", long)).toBe(long);
	const order: number[] = [];
	const numbers = Array.from({ length: 50 }, (_, number) => number);
	await Promise.all(numbers.map(async (number) => order.push(await ask<number>(socket, "echo", number))));
	expect(order).toEqual(numbers);
}

async function echoesBinary(clients: Clients): Promise<void> {
	const { socket } = await clients.connect();
	const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
	expect(Buffer.from(await ask<Buffer>(socket, "echo", everyByte))).toEqual(everyByte);
	const large = randomBytes(70_000);
	const answer = await ask<{ name: string; parts: Buffer[] }>(socket, "echo", {
		name: "two parts",
		parts: [large, Buffer.alloc(0)],
	});
	expect(answer.name).toBe("two parts");
	expect(answer.parts.map((part) => Buffer.from(part))).toEqual([large, Buffer.alloc(0)]);
}

async function acknowledges(clients: Clients): Promise<void> {
	const both = [await clients.connect(), await clients.connect()];
	const messages = both.flatMap(({ socket, sid }) =>
		Array.from({ length: 100 }, (_, number) => ({ socket, payload: `${sid} ${number}` })),
	);
	const answers = await Promise.all(messages.map(({ socket, payload }) => ask(socket, "echo", payload)));
	expect(answers).toEqual(messages.map(({ payload }) => payload));
}

async function reachesRoom(clients: Clients): Promise<void> {
	const [sender, ...others] = await clients.connectToDifferentNodes(clients.target.nodes);
	const member = others[0] ?? (await clients.connect());
	const stranger = others[1] ?? (await clients.connect());
	const room = `room ${sender!.sid}`;
	expect(await ask(member.socket, "join", room)).toBe(room);
	const wrong: unknown[] = [];
	stranger.socket.on("room", (...args) => wrong.push(args));
	const [arrived, last] = [nextEvent(member.socket, "room"), nextEvent(stranger.socket, "broadcast")];
	await ask(sender!.socket, "room", room, { hello: "room" });
	expect(await arrived).toEqual([room, { hello: "room" }]);
	// Nodes deliver the messages of one node in order: a message of the room would reach the stranger before this one.
	await ask(sender!.socket, "broadcast", "after the room");
	expect(await last).toEqual(["after the room"]);
	expect(wrong).toEqual([]);
	expect(await ask(member.socket, "leave", room)).toBe(room);
}

async function broadcasts(clients: Clients): Promise<void> {
	const everyNode = await clients.connectToDifferentNodes(clients.target.nodes);
	expect(new Set(everyNode.map(({ node }) => node)).size).toBe(clients.target.nodes);
	const payload = ["to all", Buffer.from([0, 1, 254, 255])];
	for (const { socket } of everyNode) {
		const arrivals = everyNode.map((client) => nextEvent(client.socket, "broadcast"));
		expect(await ask(socket, "broadcast", payload)).toBe(true);
		for (const [arrived] of await Promise.all(arrivals)) expect(arrived).toEqual(payload);
	}
}

async function reconnects(clients: Clients): Promise<void> {
	const { socket, sid } = await clients.connect(RECONNECTING);
	const back = Promise.all([nextEvent(socket, "disconnect"), nextEvent(socket, "connect")]);
	socket.io.engine.close();
	await back;
	expect(socket.io.engine.id).not.toBe(sid);
	expect(await ask(socket, "echo", "back")).toBe("back");
}

async function survivesBreak(clients: Clients): Promise<void> {
	const { socket, wire, sid } = await clients.connect(RECONNECTING);
	const back = Promise.all([nextEvent(socket, "disconnect"), nextEvent(socket, "connect")]);
	wire.cut();
	const [[reason]] = await back;
	expect(reason).toMatch(/^transport (close|error)$/);
	expect(socket.io.engine.id).not.toBe(sid);
	expect(await ask(socket, "echo", "back")).toBe("back");
}

async function changesConnections(clients: Clients): Promise<void> {
	const { socket, wire } = await clients.connect({ extraHeaders: { connection: "close" } });
	for (let number = 0; number < 10; number++) expect(await ask(socket, "echo", number)).toBe(number);
	expect(wire.requests).toBeGreaterThan(20);
	expect(wire.connections).toBe(wire.requests);
}

async function disconnects(clients: Clients): Promise<void> {
	const client = await clients.connect();
	const { ca } = clients.target;
	expect(await isKnown(client, ca)).toBe(true);
	const left = nextEvent(client.socket, "disconnect");
	client.socket.disconnect();
	expect((await left)[0]).toBe("io client disconnect");
	await expect.poll(() => isKnown(client, ca), { interval: 20, timeout: 3_000 }).toBe(false);
}
