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

describe("health", () => {
	test("it is the contract's, with live counts by transport", async () => {
		await using node = await startTestNode();
		using _polling = await connectClient(node.url, ["polling"]);
		using _websocket = await connectClient(node.url, ["websocket"]);
		const answer = await fetch(`${node.url}/healthz?probe=1`);
		const health = readHealth(await answer.json());
		expect(answer.status).toBe(200);
		expect(health).toMatchObject({ node: "n1", tag: "d0N", state: "ready", sessions: 2, opened: 2 });
		expect(health).toMatchObject({ transports: { polling: 1, websocket: 1, flashsocket: 0 } });
	});

	test("a session that upgrades moves from one count to the other, and a closed one is named by its cause", async () => {
		await using node = await startTestNode();
		const opened = nextSession(node);
		const client = connectClient(node.url, ["polling", "websocket"]);
		const session = await opened;
		await new Promise((upgraded) => session.on("upgrade", upgraded));
		expect(node.edge.health().transports).toEqual({ polling: 0, websocket: 1, flashsocket: 0 });
		const closed = new Promise((gone) => session.once("close", gone));
		(await client).disconnect();
		const reason = await closed;
		expect(node.edge.health()).toMatchObject({ sessions: 0, opened: 1, closed: { [String(reason)]: 1 } });
	});

	test("HEAD has no body, and a POST is the application's", async () => {
		await using node = await startTestNode();
		const head = await fetch(`${node.url}/healthz`, { method: "HEAD" });
		expect([head.status, await head.text()]).toEqual([200, ""]);
		expect((await fetch(`${node.url}/healthz`, { method: "POST" })).status).toBe(404);
	});
});

describe("every answer names the node", () => {
	test.each(["/", "/nothing", "/healthz", HANDSHAKE, "/socket.io/socket.io.js"])("%s", async (path) => {
		await using node = await startTestNode();
		const answer = await fetch(node.url + path);
		await answer.arrayBuffer();
		expect(answer.headers.get("x-edge-node")).toBe("n1");
	});

	test("a 101 as well", async () => {
		await using node = await startTestNode();
		const answer = await rawRequest(node.port, upgradeRequest(UPGRADE));
		expect(answer).toMatch(/^HTTP\/1\.1 101 /);
		expect(answer).toContain("\r\nx-edge-node: n1\r\n");
	});
});

test("session ids carry the node's tag, or the one that was given", async () => {
	await using node = await startTestNode({ node: "node-1" });
	expect(await open(node.url)).toMatch(/^Cay[\w-]{17}$/);
	const web = createServer();
	const io = new Server(web);
	attachEdge(io, { node: "node-1", tag: "abc" });
	expect(await io.engine.generateId({} as never)).toMatch(/^abc[\w-]{17}$/);
});

test("flashsocket is a WebSocket that is counted and named apart", async () => {
	await using node = await startTestNode();
	const opened = nextSession(node);
	const answer = rawRequest(node.port, upgradeRequest("/socket.io/?EIO=4&transport=flashsocket"));
	const session = await opened;
	expect(node.edge.health().transports).toEqual({ polling: 0, websocket: 0, flashsocket: 1 });
	expect(node.edge.transportOf(session)).toBe("flashsocket");
	expect(await answer).toMatch(/^HTTP\/1\.1 101 /);
});

describe("options that cannot be", () => {
	const io = () => new Server(createServer());
	test.each([
		[{ node: "has space" }, /node "has space" is no node id/],
		[{ node: "n1", tag: "toolong" }, /tag "toolong" is not three characters/],
		[{ node: "n1", healthPath: "healthz" }, /healthPath "healthz" must begin with a slash/],
		[{ node: "n1", limit: -1 }, /limit -1 is not a whole number/],
		[{ node: "n1", secrets: ["short"] }, /secret 1 has 5 characters/],
		[{ node: "n1", drain: { rate: 0 } }, /drain\.rate 0 is not more than 0/],
	])("%j is refused with its name and value", (options, sentence) => {
		expect(() => attachEdge(io(), options)).toThrow(sentence);
	});

	test("an io without a server is refused with the cure", () => {
		expect(() => attachEdge(new Server(), { node: "n1" })).toThrow(/call it after new Server\(httpServer\)/);
	});
});
