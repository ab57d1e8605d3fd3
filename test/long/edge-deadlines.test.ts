import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { expect, test } from "vitest";
import { tagOf } from "../../worker/contract.ts";
import { edgeDefaults, type RunningEdge, startEdge } from "../../worker/selfhost/edge.ts";

/** Seconds. They differ, so that the time of an answer shows which one applied. */
const TIMEOUTS = { handshake: 2, post: 1, poll: 3, http: 4 };

type Node = { readonly server: Server; readonly url: string } & AsyncDisposable;

/** A node that answers requests with `answer`, and never answers upgrades. */
async function startNode(
	answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Node> {
	const server = createServer(answer);
	const sockets = new Set<Socket>();
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.once("close", () => sockets.delete(socket));
	});
	server.on("upgrade", (_request, socket) => socket.on("error", () => {}));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		server,
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async [Symbol.asyncDispose]() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** A node that accepts requests and never answers. */
const startSilentNode = () => startNode(() => {});

async function startEdgeFor(nodes: Readonly<Record<string, Node>>): Promise<RunningEdge> {
	const list = Object.entries(nodes).map(([id, { url }]) => ({ id, url }));
	return startEdge({
		...(await edgeDefaults()),
		variables: { POOL_APP: { nodes: list, timeouts: TIMEOUTS } },
	});
}

interface TestRequest {
	readonly method: "GET" | "POST";
	/** Path and query. */
	readonly path: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly agent?: Agent;
}

function send(edge: RunningEdge, { method, path, headers = {}, agent }: TestRequest) {
	const sent = request(`${edge.https}${path}`, { method, headers, agent, rejectUnauthorized: false });
	sent.end(method === "POST" ? "40" : undefined);
	return sent;
}

async function answerTo(sent: ReturnType<typeof send>): Promise<{ status: number; body: string }> {
	const [answer] = (await once(sent, "response")) as [IncomingMessage];
	return { status: answer.statusCode!, body: Buffer.concat(await answer.toArray()).toString() };
}

/** Resolves when the edge ends the node's next request or upgrade. */
async function nextEnd({ server }: Node): Promise<void> {
	const upgraded = once(server, "upgrade").then(([, socket]) => once(socket as Socket, "close"));
	const requested = once(server, "request").then(([, response]) => once(response as ServerResponse, "close"));
	await Promise.race([upgraded, requested]);
}

const UPGRADE = {
	connection: "Upgrade",
	upgrade: "websocket",
	"sec-websocket-version": "13",
	"sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};
const sessionOf = (node: string, transport: string) =>
	`/socket.io/?EIO=4&transport=${transport}&sid=${tagOf(node)}AAAAAAAAAAAAAAAAA`;

test.concurrent.each<[what: string, seconds: number, status: number, text: string, request: TestRequest]>([
	["a session's POST", TIMEOUTS.post, 400, '"code":1', { method: "POST", path: sessionOf("n1", "polling") }],
	["a session's poll", TIMEOUTS.poll, 400, '"code":1', { method: "GET", path: sessionOf("n1", "polling") }],
	[
		"a session's WebSocket upgrade",
		TIMEOUTS.handshake,
		400,
		'"code":1',
		{ method: "GET", path: sessionOf("n1", "websocket"), headers: UPGRADE },
	],
	[
		"a new WebSocket session",
		TIMEOUTS.handshake,
		503,
		"EDGE_NO_NODE",
		{ method: "GET", path: "/socket.io/?EIO=4&transport=websocket", headers: UPGRADE },
	],
	[
		"a polling handshake",
		TIMEOUTS.handshake,
		503,
		"EDGE_NO_NODE",
		{ method: "GET", path: "/socket.io/?EIO=4&transport=polling" },
	],
	["a page", TIMEOUTS.http, 504, "EDGE_NODE_TIMEOUT", { method: "GET", path: "/page" }],
])(
	"%s to a node that does not answer ends after its own deadline of %i s, at the client and at the node, without any other request",
	async (_what, seconds, status, text, testRequest) => {
		await using silent = await startSilentNode();
		await using edge = await startEdgeFor({ n1: silent });
		// The client keeps its connection open, so that only the edge can end the request at the node.
		const agent = new Agent({ keepAlive: true });
		const ended = nextEnd(silent);
		const startedAt = performance.now();
		const answer = await answerTo(send(edge, { ...testRequest, agent }));
		const tookMs = performance.now() - startedAt;
		expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(text)]);
		expect(tookMs).toBeGreaterThanOrEqual(seconds * 1000 - 20);
		expect(tookMs).toBeLessThan(seconds * 1000 + 900);
		await ended;
		agent.destroy();
	},
);

test("requests to a node that does not answer end at their deadlines while traffic to another node continues, also after a client has left", async () => {
	await using silent = await startSilentNode();
	await using good = await startNode((_request, response) => response.end("ok"));
	await using edge = await startEdgeFor({ n1: silent, n2: good });
	const agent = new Agent({ keepAlive: true });
	const post = (node: string): TestRequest => ({ method: "POST", path: sessionOf(node, "polling"), agent });
	const stop = new AbortController();
	let passed = 0;
	const traffic = (async () => {
		while (!stop.signal.aborted) {
			const { status } = await answerTo(send(edge, post("n2")));
			passed += status === 200 ? 1 : 0;
		}
	})();
	while (passed < 5) await once(good.server, "request");
	const abandoned = send(edge, post("n1"));
	abandoned.on("error", () => {});
	await once(silent.server, "request");
	abandoned.destroy();
	const answers: ReturnType<typeof answerTo>[] = [];
	const startedAt = performance.now();
	for (let i = 0; i < 5; i++) {
		answers.push(answerTo(send(edge, post("n1"))));
		await once(silent.server, "request");
	}
	for (const answer of await Promise.all(answers))
		expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('"code":1')]);
	const tookMs = performance.now() - startedAt;
	expect(tookMs).toBeGreaterThanOrEqual(TIMEOUTS.post * 1000 - 20);
	expect(tookMs).toBeLessThan(TIMEOUTS.post * 1000 + 1500);
	const before = passed;
	while (passed < before + 5) await once(good.server, "request");
	stop.abort();
	await traffic;
	agent.destroy();
});
