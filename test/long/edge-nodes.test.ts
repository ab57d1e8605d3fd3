import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { VERDICT_LIFETIME_MS } from "../../worker/contract.ts";
import { edgeDefaults, startEdge } from "../../worker/selfhost/edge.ts";
import { type NodeProcess, type Rig, startNodeProcess, startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";
import { until } from "../support/until.ts";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
const WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";
/** No isolate uses an older verdict than this. */
const verdictIsOld = () => pause(VERDICT_LIFETIME_MS + 100);
const sidIn = (body: string) => /"sid":"([^"]+)/.exec(body)![1]!;

function setState(rig: Rig, node: string, state: string): Promise<unknown> {
	const headers = { "x-edge-operator": "test", "content-type": "application/json" };
	return rig.own(`nodes/${node}`, { method: "POST", headers, body: JSON.stringify({ state }) });
}

/** A tunnel's local end before a node: it answers 502 as HTML for requests that `fails` selects, and forwards the others. */
async function startTunnel(node: NodeProcess, fails: (request: IncomingMessage) => boolean) {
	const server: Server = createServer((incoming, response) => {
		if (fails(incoming)) {
			response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
			return;
		}
		const { method, url, headers } = incoming;
		const onward = httpRequest(`${node.url}${url}`, { method, headers }, (answer) => {
			response.writeHead(answer.statusCode!, answer.headers);
			answer.pipe(response);
		});
		onward.on("error", () => response.destroy());
		incoming.pipe(onward);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		[Symbol.dispose]() {
			server.closeAllConnections();
			server.close();
		},
	};
}

describe("a tunnel before a node that answers 502 for it", () => {
	it("costs no new session, and a session behind it opens a new one", async () => {
		await using stack = new AsyncDisposableStack();
		const nodes = await Promise.all(["n1", "n2"].map((id) => startNodeProcess(id)));
		for (const node of nodes) stack.defer(() => node.signal("SIGKILL"));
		let isBroken = false;
		const tunnel = stack.use(
			await startTunnel(nodes[0]!, ({ url }) => isBroken && !url!.startsWith("/healthz")),
		);
		const edge = stack.use(
			await startEdge({
				...(await edgeDefaults()),
				token: "a-token-for-the-test",
				variables: {
					POOL_APP: {
						nodes: [
							{ id: "n1", url: tunnel.url },
							{ id: "n2", url: nodes[1]!.url },
						],
						health: { interval: 1 },
						balance: "roundrobin",
					},
				},
			}),
		);
		const stats = async () => {
			const headers = { authorization: "Bearer a-token-for-the-test" };
			const { body } = await secureFetch(`${edge.https}/__edge/stats.json`, { headers });
			return JSON.parse(body) as { nodes: { server: string; health: { opened: number | null } | null }[] };
		};
		// From the first report on the edge knows that the node behind the tunnel names itself in its answers.
		await until("both nodes have sent a report", async () =>
			(await stats()).nodes.every(({ health }) => typeof health?.opened === "number"),
		);
		const sids: string[] = [];
		for (let i = 0; i < 6; i++) sids.push(sidIn((await secureFetch(edge.https + HANDSHAKE)).body));
		const behind = sids.find((sid) => sid.startsWith("d0N"))!;
		await verdictIsOld();
		isBroken = true;
		for (let i = 0; i < 20; i++) expect((await secureFetch(edge.https + HANDSHAKE)).status).toBe(200);
		const poll = await secureFetch(`${edge.https}${HANDSHAKE}&sid=${behind}`);
		expect([poll.status, poll.body]).toEqual([400, '{"code":1,"message":"Session ID unknown"}']);
		const page = await secureFetch(`${edge.https}/who`);
		expect(page.status).toBe(200);
	});
});

describe("an operator's change", () => {
	it("holds for the first request after a quiet spell", async () => {
		await using rig = await startRig({ nodes: [{ id: "n1" }] });
		const handshake = async () => (await secureFetch(rig.edge.https + HANDSHAKE)).status;
		await setState(rig, "n1", "maint");
		await verdictIsOld();
		expect(await handshake()).toBe(503);
		await setState(rig, "n1", "ready");
		await verdictIsOld();
		expect(await handshake()).toBe(200);
	});
});

describe("plain http", () => {
	/** The node that answered, the headers that it saw, and the cookie that the client got. */
	const who = async (edge: string, cookie = "") => {
		const { body, headers } = await secureFetch(`${edge}/who`, cookie === "" ? {} : { headers: { cookie } });
		const seen = JSON.parse(body) as { node: string; headers: Record<string, string> };
		return { ...seen, cookie: headers["set-cookie"]?.[0]?.split(";")[0] };
	};

	it("is spread evenly over the nodes, whatever sessions they have", async () => {
		await using rig = await startRig({ pool: { health: { interval: 1 } } });
		for (let i = 0; i < 5; i++) await rig.connect({ transports: ["websocket"] });
		const counts: Record<string, number> = {};
		for (let i = 0; i < 30; i++) {
			const { node } = await who(rig.edge.https);
			counts[node] = (counts[node] ?? 0) + 1;
		}
		expect(counts).toEqual({ n1: 10, n2: 10, n3: 10 });
	});

	it("stays on one node with http_cookie, also while the node drains, and moves when the node is gone", async () => {
		await using rig = await startRig({ pool: { http_cookie: true } });
		const first = await who(rig.edge.https);
		const { cookie } = first;
		expect(cookie).toMatch(/^edge_app=...$/);
		for (let i = 0; i < 6; i++)
			expect(await who(rig.edge.https, cookie)).toMatchObject({ node: first.node, cookie: undefined });
		await setState(rig, first.node, "drain");
		await verdictIsOld();
		expect((await who(rig.edge.https, cookie)).node).toBe(first.node);
		await rig.nodes.find(({ id }) => id === first.node)!.signal("SIGKILL");
		const moved = await who(rig.edge.https, cookie);
		expect(moved.node).not.toBe(first.node);
		expect(moved.cookie).toMatch(/^edge_app=...$/);
	});

	it("reaches the node with the id of its log line", async () => {
		await using rig = await startRig({ nodes: [{ id: "n1" }], variables: { EDGE: { log_percent: 100 } } });
		const { headers } = await who(rig.edge.https);
		const id = headers["x-request-id"];
		expect(id).toMatch(/^[0-9a-f-]{36}$/);
		await until("its line is in the log", () =>
			rig.log.some((line) => line.includes(`"id":"${id}"`) && line.includes('"path":"/who"')),
		);
	});
});

describe("the node's id", () => {
	it.each([
		[false, undefined],
		[true, "n1"],
	])("is in an answer and a 101 with expose_node = %s: %s", async (expose_node, expected) => {
		await using rig = await startRig({ nodes: [{ id: "n1" }], pool: { expose_node } });
		const answer = await secureFetch(rig.edge.https + HANDSHAKE);
		expect(answer.headers["x-edge-node"]).toBe(expected);
		expect((await secureFetch(`${rig.edge.https}/who`)).headers["x-edge-node"]).toBe(expected);
		const socket = new WebSocket(`${rig.edge.https.replace("https", "wss")}${WEBSOCKET}`, {
			rejectUnauthorized: false,
		});
		const opened = once(socket, "message");
		const [upgrade] = (await once(socket, "upgrade")) as [IncomingMessage];
		expect(upgrade.headers["x-edge-node"]).toBe(expected);
		expect(String((await opened)[0])).toMatch(/^0\{"sid":"d0N/);
		socket.terminate();
	});
});
