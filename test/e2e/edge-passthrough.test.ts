import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { edgeDefaults, type RunningEdge, startEdge } from "../../worker/selfhost/edge.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";

/** The node is a plain WebSocket server without Socket.IO. */
describe("WebSockets outside the Engine.IO path", () => {
	const http = createServer((request, response) => response.end(JSON.stringify(request.headers)));
	const sockets = new WebSocketServer({
		server: http,
		maxPayload: 64 * 2 ** 20,
		perMessageDeflate: true,
		handleProtocols: (offered) => (offered.has("chat") ? "chat" : false),
	});
	let edge: RunningEdge;
	const open = (options: object = {}, protocols: string[] = []) =>
		new WebSocket(`${edge.https.replace("https", "wss")}/plain`, protocols, {
			rejectUnauthorized: false,
			maxPayload: 64 * 2 ** 20,
			...options,
		});

	beforeAll(async () => {
		sockets.on("connection", (socket) => {
			socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
		});
		http.listen(0, "127.0.0.1");
		await once(http, "listening");
		const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
		edge = await startEdge({
			...(await edgeDefaults()),
			variables: { POOL_WEB: { nodes: [{ id: "web", url }] } },
		});
	});
	afterAll(async () => {
		for (const socket of sockets.clients) socket.terminate();
		await edge.stop();
		http.close();
	});

	it("carry a message of 60 MiB intact in both directions", async () => {
		const socket = open({ perMessageDeflate: false });
		await once(socket, "open");
		const sent = Buffer.alloc(60 * 2 ** 20, "0123456789abcdef");
		socket.send(sent);
		const [received, isBinary] = (await once(socket, "message")) as [Buffer, boolean];
		expect(isBinary).toBe(true);
		expect(received.equals(sent)).toBe(true);
		socket.terminate();
	});

	it("negotiate permessage-deflate and the subprotocol between client and node", async () => {
		const socket = open({ perMessageDeflate: true }, ["other", "chat"]);
		const opened = once(socket, "open");
		const [answer] = (await once(socket, "upgrade")) as [{ headers: Record<string, string> }];
		expect(answer.headers["sec-websocket-extensions"]).toContain("permessage-deflate");
		await opened;
		expect(socket.protocol).toBe("chat");
		const text = "sticky ".repeat(50_000);
		socket.send(text);
		const [received] = (await once(socket, "message")) as [Buffer];
		expect(received.toString()).toBe(text);
		socket.terminate();
	});

	it("pass the client's close code to the node", async () => {
		const arrived = once(sockets, "connection") as Promise<[WebSocket]>;
		const socket = open();
		await once(socket, "open");
		const [server] = await arrived;
		const closed = once(server, "close");
		socket.close(4001, "bye");
		const [code, reason] = (await closed) as [number, Buffer];
		expect([code, reason.toString()]).toEqual([4001, "bye"]);
	});

	it("and plain requests reach the node with the client's real address, and without headers in which the client claims another", async () => {
		const { body } = await secureFetch(`${edge.https}/x`, {
			headers: {
				"x-forwarded-for": "6.6.6.6",
				"x-real-ip": "6.6.6.6",
				"cf-connecting-ip": "6.6.6.6",
				"x-edge-auth": "guess",
			},
		});
		const headers = JSON.parse(body);
		expect(headers["x-forwarded-for"]).toBe("127.0.0.1");
		expect(body).not.toContain("6.6.6.6");
		expect(headers["x-edge-auth"]).toBeUndefined();
		expect(headers["x-forwarded-proto"]).toBe("https");
	});
});
