import { describe, expect, test } from "vitest";
import { DEFAULT_DRAIN } from "../../../origin/node/drain.ts";
import { refusalReason } from "../../../origin/node/refusal.ts";
import { connectClient, rawRequest, startTestNode, upgradeRequest } from "../../support/origin/node.ts";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
const UPGRADE = "/socket.io/?EIO=4&transport=websocket";
const SLOW_DRAIN = { ...DEFAULT_DRAIN, wait: 60_000 };

test.each([
	[false, 0, 0, null],
	[false, 9_999, 0, null],
	[false, 99, 100, null],
	[false, 100, 100, "full"],
	[false, 101, 100, "full"],
	[true, 0, 0, "draining"],
	[true, 100, 100, "draining"],
])(
	"with draining %s, %i sessions and the limit %i the reason is %s",
	(isDraining, sessions, limit, reason) => {
		expect(refusalReason(isDraining, sessions, limit)).toBe(reason);
	},
);

describe("a full node", () => {
	test("refuses polling handshakes and upgrades and keeps serving its sessions", async () => {
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

	test("accepts a session again after one has closed", async () => {
		await using node = await startTestNode({ limit: 1 });
		const closed = new Promise((resolve) =>
			node.io.engine.once("connection", (session) => session.once("close", resolve)),
		);
		(await connectClient(node.url, ["websocket"])).disconnect();
		await closed;
		using client = await connectClient(node.url, ["websocket"]);
		expect(client.connected).toBe(true);
	});
});

describe("a draining node", () => {
	test("refuses handshakes at once and keeps serving its sessions", async () => {
		await using node = await startTestNode({ drain: SLOW_DRAIN });
		using client = await connectClient(node.url, ["polling", "websocket"], { upgrade: false });
		void node.edge.drain();
		const refused = await fetch(node.url + HANDSHAKE);
		expect([refused.status, refused.headers.get("x-edge-refuse")]).toEqual([503, "draining"]);
		expect(refused.headers.get("x-edge-node")).toBe("n1");
		expect(await rawRequest(node.port, upgradeRequest(UPGRADE))).toMatch(/\r\nx-edge-refuse: draining\r\n/);
		expect(await client.emitWithAck("echo", "still")).toBe("still");
		expect(node.edge.health().state).toBe("draining");
	});

	test("closes its sessions with a reason after which clients reconnect by themselves", async () => {
		await using node = await startTestNode();
		const clients = await Promise.all(
			[["polling"], ["websocket"], ["polling", "websocket"]].map((transports) =>
				connectClient(node.url, transports),
			),
		);
		const reasons = clients.map((client) => new Promise((resolve) => client.once("disconnect", resolve)));
		await node.edge.drain();
		// After "io server disconnect" a client would not reconnect.
		expect(await Promise.all(reasons)).toEqual(Array(3).fill("transport close"));
		expect(node.edge.drainProgress()).toEqual({ state: "done", closed: 3, dropped: 0 });
		expect(node.edge.health().sessions).toBe(0);
	});
});
