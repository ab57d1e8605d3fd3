import { expect, test } from "vitest";
import { connectClient } from "../support/origin/node.ts";
import { startLine } from "../support/origin/stack.ts";

const SECRET = "what-edge-and-nodes-share";

test("nodes with a secret serve clients of the edge that knows it, and nobody else", async () => {
	await using line = await startLine({ nodes: 2, secrets: ["the-one-before-it", SECRET] }, SECRET);
	for (const transport of ["polling", "websocket"]) {
		using client = await connectClient(line.edge.https, [transport], { rejectUnauthorized: false });
		expect(await client.emitWithAck("echo", transport)).toBe(transport);
		for (const { url } of line.cluster.nodes)
			await expect(connectClient(url, [transport])).rejects.toThrow(
				transport === "polling" ? "xhr poll error" : "websocket error",
			);
	}
});
