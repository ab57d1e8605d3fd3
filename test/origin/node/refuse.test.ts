import { describe, expect, test } from "vitest";
import { clientAddress } from "../../../origin/node/attach.ts";
import { DRAIN_PLAN } from "../../../origin/node/drain.ts";
import { connectClient, rawRequest, startTestNode, upgradeRequest } from "../../support/origin/node.ts";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
const UPGRADE = "/socket.io/?EIO=4&transport=websocket";
const SECRET = "a-secret-of-the-edge";
const SLOW = { ...DRAIN_PLAN, wait: 60_000 };

describe("a node that is full", () => {
	test("refuses the next polling handshake and upgrade, and goes on with the sessions it has", async () => {
		await using node = await startTestNode({ limit: 1 });
		using client = await connectClient(node.url, ["polling"]);
		const refused = await fetch(node.url + HANDSHAKE, { headers: { origin: "https://other.example" } });
		expect([refused.status, refused.headers.get("x-edge-refuse")]).toEqual([503, "full"]);
		expect(refused.headers.get("access-control-allow-origin")).toBe("*");
		const upgrade = await rawRequest(node.port, upgradeRequest(UPGRADE));
		expect(upgrade).toMatch(/^HTTP\/1\.1 503 /);
		expect(upgrade).toContain("\r\nx-edge-refuse: full\r\n");
		expect((await fetch(`${node.url}/healthz`)).status).toBe(503);
		expect(await client.emitWithAck("echo", 7)).toBe(7);
	});

	test("takes a session again once one has left", async () => {
		await using node = await startTestNode({ limit: 1 });
		const left = new Promise((gone) =>
			node.io.engine.once("connection", (session) => session.once("close", gone)),
		);
		(await connectClient(node.url, ["websocket"])).disconnect();
		await left;
		using client = await connectClient(node.url, ["websocket"]);
		expect(client.connected).toBe(true);
	});
});

describe("a node that drains", () => {
	test("refuses handshakes at once while live sessions go on, even upgrade", async () => {
		await using node = await startTestNode({ drain: SLOW });
		using client = await connectClient(node.url, ["polling", "websocket"], { upgrade: false });
		void node.edge.drain();
		const refused = await fetch(node.url + HANDSHAKE);
		expect([refused.status, refused.headers.get("x-edge-refuse")]).toEqual([503, "draining"]);
		expect(refused.headers.get("x-edge-node")).toBe("n1");
		expect(await rawRequest(node.port, upgradeRequest(UPGRADE))).toMatch(/\r\nx-edge-refuse: draining\r\n/);
		expect(await client.emitWithAck("echo", "still")).toBe("still");
		expect(node.edge.health().state).toBe("draining");
	});

	test("closes its sessions so that clients come back by themselves", async () => {
		await using node = await startTestNode();
		const clients = await Promise.all(
			[["polling"], ["websocket"], ["polling", "websocket"]].map((kinds) => connectClient(node.url, kinds)),
		);
		const reasons = clients.map((client) => new Promise((gone) => client.once("disconnect", gone)));
		await node.edge.drain();
		// "io server disconnect" would keep a client away for ever.
		expect(await Promise.all(reasons)).toEqual(Array(3).fill("transport close"));
		expect(node.edge.drainProgress()).toEqual({ state: "done", closed: 3, dropped: 0 });
		expect(node.edge.health().sessions).toBe(0);
	});
});

describe("a node with secrets", () => {
	test.each([undefined, "wrong-secret-of-an-edge", `${SECRET}x`])(
		"refuses everything sent with %s",
		async (given) => {
			await using node = await startTestNode({ secrets: [SECRET] });
			const headers = given === undefined ? {} : { "x-edge-auth": given };
			for (const path of [HANDSHAKE, "/", "/healthz", `${HANDSHAKE}&sid=d0N45678901234567890`])
				expect((await fetch(node.url + path, { headers })).status, path).toBe(403);
			const lines = given === undefined ? [] : [`X-Edge-Auth: ${given}`];
			expect(await rawRequest(node.port, upgradeRequest(UPGRADE, lines))).toMatch(/^HTTP\/1\.1 403 /);
			expect(node.edge.health().opened).toBe(0);
		},
	);

	test("serves the edge, before and after a rotation, and believes it about the client", async () => {
		await using node = await startTestNode({ secrets: [SECRET, "the-next-secret-0123"] });
		for (const secret of [SECRET, "the-next-secret-0123"])
			for (const kind of ["polling", "websocket"]) {
				const seen = new Promise((resolve) =>
					node.io.once("connection", (socket) => resolve(clientAddress(socket.request))),
				);
				const extraHeaders = { "x-edge-auth": secret, "x-edge-client-ip": "203.0.113.7" };
				using client = await connectClient(node.url, [kind], { extraHeaders });
				expect(await seen).toBe("203.0.113.7");
				expect(await client.emitWithAck("echo", kind)).toBe(kind);
			}
	});
});

test("without secrets nobody is believed about the client's address", async () => {
	await using node = await startTestNode();
	const seen = new Promise((resolve) =>
		node.io.once("connection", (socket) => resolve(clientAddress(socket.request))),
	);
	using _client = await connectClient(node.url, ["polling"], {
		extraHeaders: { "x-edge-auth": SECRET, "x-edge-client-ip": "203.0.113.7" },
	});
	expect(await seen).toBe("127.0.0.1");
});
