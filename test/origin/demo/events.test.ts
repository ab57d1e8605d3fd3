import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectClient, startTestNode, type TestNode } from "../../support/origin/node.ts";

let node: TestNode;
beforeAll(async () => {
	node = await startTestNode();
});
afterAll(() => node.stop());

describe.each(["polling", "websocket"])("over %s", (transport) => {
	test("echo returns the payload, including binary ones", async () => {
		using client = await connectClient(node.url, [transport]);
		for (const payload of ["text", 7, null, { deep: [1, "two"] }, Buffer.from([0, 255])])
			expect(await client.emitWithAck("echo", payload)).toEqual(payload);
	});

	test("a room event reaches clients that joined the room and none that left it", async () => {
		using inside = await connectClient(node.url, [transport]);
		using outside = await connectClient(node.url, [transport]);
		const received: unknown[] = [];
		outside.on("room", (room) => received.push(room));
		expect(await inside.emitWithAck("join", "a")).toBe("a");
		expect(await outside.emitWithAck("join", "a")).toBe("a");
		expect(await outside.emitWithAck("leave", "a")).toBe("a");
		const arrived = new Promise((resolve) => inside.once("room", (...args) => resolve(args)));
		await outside.emitWithAck("room", "a", { n: 1 });
		expect(await arrived).toEqual(["a", { n: 1 }]);
		await outside.emitWithAck("echo", "a round trip later");
		expect(received).toEqual([]);
	});

	test("whoami returns the node and the transport", async () => {
		using client = await connectClient(node.url, [transport]);
		expect(await client.emitWithAck("whoami")).toEqual({ node: "n1", transport });
	});
});

test("calls without an ack or with invalid arguments are ignored", async () => {
	using client = await connectClient(node.url, ["websocket"]);
	for (const event of ["echo", "join", "leave", "room", "broadcast", "whoami"]) {
		client.emit(event);
		client.emit(event, { not: "a room" }, "not an ack");
		client.emit(event, "x".repeat(201), 5, null);
	}
	expect(await client.emitWithAck("echo", "alive")).toBe("alive");
	expect(node.io.of("/").adapter.rooms.has("x".repeat(201))).toBe(false);
});
