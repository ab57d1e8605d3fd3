import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { tagOf } from "../../worker/contract.ts";
import { edgeDefaults, type RunningEdge, startEdge } from "../../worker/selfhost/edge.ts";

type Node = { server: Server; url: string } & Disposable;

async function nodeThat(answer: (response: ServerResponse) => void): Promise<Node> {
	const server = createServer((_request, response) => answer(response));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		server,
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		[Symbol.dispose]() {
			server.closeAllConnections();
			server.close();
		},
	};
}

async function edgeBefore(nodes: Readonly<Record<string, Node>>): Promise<RunningEdge> {
	const list = Object.entries(nodes).map(([id, { url }]) => ({ id, url }));
	return startEdge({
		...(await edgeDefaults()),
		variables: { POOL_APP: { nodes: list, timeouts: { post: 1 } } },
	});
}

function post(edge: RunningEdge, agent: Agent, node: string) {
	const path = `/socket.io/?EIO=4&transport=polling&sid=${tagOf(node)}AAAAAAAAAAAAAAAAA`;
	const sent = request(`${edge.https}${path}`, { method: "POST", agent, rejectUnauthorized: false });
	sent.end("40");
	return sent;
}

async function answerTo(sent: ReturnType<typeof post>): Promise<{ status: number; body: string }> {
	const [answer] = await once(sent, "response");
	return { status: answer.statusCode, body: Buffer.concat(await answer.toArray()).toString() };
}

/** When the node's half of its next request ends. */
async function nextEnd({ server }: Node): Promise<void> {
	const [, response] = (await once(server, "request")) as [unknown, ServerResponse];
	await once(response, "close");
}

test("a session's request to a silent node is answered at the time limit, and the node's half of it is ended too", async () => {
	using silent = await nodeThat(() => {});
	await using edge = await edgeBefore({ n1: silent });
	// Kept alive, so that only the end of the request itself can end it at the node.
	const agent = new Agent({ keepAlive: true });
	const ended = nextEnd(silent);
	const answer = await answerTo(post(edge, agent, "n1"));
	expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('"code":1')]);
	await ended;
	agent.destroy();
});

test("where requests come one after another each ends those before it that are late, whoever sent them and whether they are still there", async () => {
	using silent = await nodeThat(() => {});
	using good = await nodeThat((response) => response.end("ok"));
	await using edge = await edgeBefore({ n1: silent, n2: good });
	const agent = new Agent({ keepAlive: true });
	const stop = new AbortController();
	let passed = 0;
	const traffic = (async () => {
		while (!stop.signal.aborted) passed += (await answerTo(post(edge, agent, "n2"))).status === 200 ? 1 : 0;
	})();
	while (passed < 5) await once(good.server, "request");
	const left = post(edge, agent, "n1");
	left.on("error", () => {});
	await once(silent.server, "request");
	left.destroy();
	const ends: Promise<void>[] = [];
	const answers: ReturnType<typeof answerTo>[] = [];
	const startedAt = performance.now();
	for (let i = 0; i < 5; i++) {
		ends.push(nextEnd(silent));
		answers.push(answerTo(post(edge, agent, "n1")));
		await once(silent.server, "request");
	}
	for (const answer of await Promise.all(answers))
		expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('"code":1')]);
	const took = performance.now() - startedAt;
	expect(took).toBeGreaterThan(900);
	// The limit, and at most a second until somebody looks.
	expect(took).toBeLessThan(4000);
	await Promise.all(ends);
	const before = passed;
	while (passed < before + 5) await once(good.server, "request");
	stop.abort();
	await traffic;
	agent.destroy();
});
