import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { io, NodeWebSocket } from "socket.io-client";
import { expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { LeanWebSocket } from "../../../../loadtest/clients/transport/lean-websocket.ts";

/** What a server gets from a client of that transport, text and binary told apart, and what the client hears. */
async function talk(transport: typeof NodeWebSocket): Promise<{ got: unknown[]; heard: unknown[] }> {
	const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: { threshold: 0 } });
	const got: unknown[] = [];
	server.on("connection", (socket: WebSocket) => {
		socket.on("message", (data: Buffer, isBinary) => {
			got.push(isBinary ? [...data] : `${data}`);
			if (`${data}` === "40") socket.send('40{"sid":"s"}');
			if (`${data}`.startsWith("420")) socket.send('430["answer äß€"]');
			if (isBinary) {
				socket.send('451-["bytes",{"_placeholder":true,"num":0}]');
				socket.send(Buffer.from([4, 5]));
			}
		});
		socket.send('0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
	});
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const client = io(`http://127.0.0.1:${port}`, { transports: [transport], forceNew: true });
	await new Promise<void>((resolve) => client.once("connect", resolve));
	const heard: unknown[] = [await client.emitWithAck("say", `wide äß€ ${"x".repeat(3000)}`)];
	const bytes = new Promise<Buffer>((resolve) => client.once("bytes", resolve));
	client.emit("say", Buffer.from([1, 2, 3]));
	heard.push([...(await bytes)]);
	const talked = { got: [...got], heard };
	client.disconnect();
	server.close();
	return talked;
}

test("the lean transport sends and receives what socket.io-client's own does: text, wide text and binary", async () => {
	const own = await talk(NodeWebSocket);
	const lean = await talk(LeanWebSocket);
	expect(own.got).toContainEqual([1, 2, 3]);
	expect(own.heard).toEqual(["answer äß€", [4, 5]]);
	expect(lean).toEqual(own);
});
