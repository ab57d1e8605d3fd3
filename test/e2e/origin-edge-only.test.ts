import { expect, test } from "vitest";
import { connectClient } from "../support/origin/node.ts";
import { startTestStack } from "../support/origin/stack.ts";

const SECRET = "what-edge-and-nodes-share";

test("nodes with secrets serve an edge that sends one of them, and no direct clients", async () => {
	await using stack = await startTestStack({ nodes: 2, secrets: ["the-one-before-it", SECRET] }, SECRET);
	for (const transport of ["polling", "websocket"]) {
		using client = await connectClient(stack.edge.https, [transport], { rejectUnauthorized: false });
		expect(await client.emitWithAck("echo", transport)).toBe(transport);
		for (const { url } of stack.cluster.nodes)
			await expect(connectClient(url, [transport])).rejects.toThrow(
				transport === "polling" ? "xhr poll error" : "websocket error",
			);
	}
});
