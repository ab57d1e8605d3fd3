import { createServer } from "node:http";
import { Server } from "socket.io";
import { describe, expect, test } from "vitest";
import { attachEdge } from "../../../origin/node/attach.ts";
import { readHealth } from "../../../worker/contract.ts";
import {
	connectClient,
	nextSession,
	rawRequest,
	startTestNode,
	upgradeRequest,
} from "../../support/origin/node.ts";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
const UPGRADE = "/socket.io/?EIO=4&transport=websocket";

async function open(url: string): Promise<string> {
	const body = await (await fetch(url + HANDSHAKE)).text();
	return (JSON.parse(body.slice(1)) as { sid: string }).sid;
}

describe("GET /healthz", () => {
	test("answers with the contract's fields and live session counts by transport", async () => {
		await using node = await startTestNode();
		using _polling = await connectClient(node.url, ["polling"]);
		using _websocket = await connectClient(node.url, ["websocket"]);
		const answer = await fetch(`${node.url}/healthz?probe=1`);
		const health = readHealth(await answer.json());
		expect(answer.status).toBe(200);
		expect(health).toMatchObject({ node: "n1", tag: "d0N", state: "ready", sessions: 2, opened: 2 });
		expect(health).toMatchObject({ transports: { polling: 1, websocket: 1, flashsocket: 0 } });
	});

	test("counts an upgraded session as a WebSocket and a closed session by its reason", async () => {
		await using node = await startTestNode();
		const opened = nextSession(node);
		const client = connectClient(node.url, ["polling", "websocket"]);
		const session = await opened;
		await new Promise((resolve) => session.on("upgrade", resolve));
		expect(node.edge.health().transports).toEqual({ polling: 0, websocket: 1, flashsocket: 0 });
		const closed = new Promise((resolve) => session.once("close", resolve));
		(await client).disconnect();
		const reason = await closed;
		expect(node.edge.health()).toMatchObject({ sessions: 0, opened: 1, closed: { [String(reason)]: 1 } });
	});

	test("answers HEAD without a body and leaves POST to the application", async () => {
		await using node = await startTestNode();
		const head = await fetch(`${node.url}/healthz`, { method: "HEAD" });
		expect([head.status, await head.text()]).toEqual([200, ""]);
		expect((await fetch(`${node.url}/healthz`, { method: "POST" })).status).toBe(404);
	});
});

describe("every response but those to polls and POSTs has the node's id in x-edge-node", () => {
	test.each(["/", "/nothing", "/healthz", HANDSHAKE, "/socket.io/socket.io.js"])(
		"a response to GET %s has it",
		async (path) => {
			await using node = await startTestNode();
			const answer = await fetch(node.url + path);
			await answer.arrayBuffer();
			expect(answer.headers.get("x-edge-node")).toBe("n1");
		},
	);

	test("a response to a session's poll or POST lacks it, and one to a session's WebSocket upgrade has it", async () => {
		await using node = await startTestNode();
		const sid = JSON.parse((await (await fetch(node.url + HANDSHAKE)).text()).slice(1)).sid;
		const post = await fetch(`${node.url}${HANDSHAKE}&sid=${sid}`, { method: "POST", body: "40" });
		const poll = await fetch(`${node.url}${HANDSHAKE}&sid=${sid}`);
		expect([post.status, poll.status]).toEqual([200, 200]);
		expect([post, poll].map(({ headers }) => headers.get("x-edge-node"))).toEqual([null, null]);
		const upgrade = await rawRequest(node.port, upgradeRequest(`${UPGRADE}&sid=${sid}`));
		expect(upgrade).toContain("\r\nx-edge-node: n1\r\n");
	});

	test("a 101 response has it", async () => {
		await using node = await startTestNode();
		const answer = await rawRequest(node.port, upgradeRequest(UPGRADE));
		expect(answer).toMatch(/^HTTP\/1\.1 101 /);
		expect(answer).toContain("\r\nx-edge-node: n1\r\n");
	});
});

test("session ids begin with the tag of the node's id, or with the tag option", async () => {
	await using node = await startTestNode({ node: "node-1" });
	expect(await open(node.url)).toMatch(/^Cay[\w-]{17}$/);
	const web = createServer();
	const io = new Server(web);
	attachEdge(io, { node: "node-1", tag: "abc" });
	expect(await io.engine.generateId({} as never)).toMatch(/^abc[\w-]{17}$/);
});

test("a flashsocket session is served as a WebSocket but counted and reported as flashsocket", async () => {
	await using node = await startTestNode();
	const opened = nextSession(node);
	const answer = rawRequest(node.port, upgradeRequest("/socket.io/?EIO=4&transport=flashsocket"));
	const session = await opened;
	expect(node.edge.health().transports).toEqual({ polling: 0, websocket: 0, flashsocket: 1 });
	expect(node.edge.transportOf(session)).toBe("flashsocket");
	expect(await answer).toMatch(/^HTTP\/1\.1 101 /);
});

describe("invalid options", () => {
	const io = () => new Server(createServer());
	test.each([
		[{ node: "has space" }, /node "has space" is not a valid node id/],
		[{ node: "n1", tag: "toolong" }, /tag "toolong" must be three characters/],
		[{ node: "n1", healthPath: "healthz" }, /healthPath "healthz" must start with a slash/],
		[{ node: "n1", limit: -1 }, /limit -1 must be a whole number/],
		[{ node: "n1", secrets: ["short"] }, /secret 1 has 5 characters/],
		[{ node: "n1", drain: { rate: 0 } }, /drain\.rate 0 must be more than 0/],
	])("%j throws an error that names the option and its value", (options, message) => {
		expect(() => attachEdge(io(), options)).toThrow(message);
	});

	test("a Socket.IO server without an HTTP server throws an error that states the fix", () => {
		expect(() => attachEdge(new Server(), { node: "n1" })).toThrow(
			/call attachEdge after new Server\(httpServer\)/,
		);
	});
});
