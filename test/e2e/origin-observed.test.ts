import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack } from "../../origin/stack.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";
import { boardQueries, exposed, labelsOf, metricsOf } from "../support/origin/board.ts";
import { connectClient } from "../support/origin/node.ts";
import { until } from "../support/until.ts";

let stack: Stack;
beforeAll(async () => {
	stack = await startStack({ pool: { health: { interval: 1, timeout: 1, rise: 1, fall: 1 } } });
});
afterAll(() => stack.stop());

async function edge(path: string): Promise<string> {
	const answer = await secureFetch(stack.https + path, {
		headers: { authorization: `Bearer ${stack.token}` },
	});
	return answer.body;
}

test("the edge's dashboard queries only metrics and labels that the edge has", async () => {
	using client = await connectClient(stack.https, ["polling", "websocket"], { rejectUnauthorized: false });
	await client.emitWithAck("echo", 1);
	let metrics = exposed("");
	await until("the edge has probed its nodes", async () => {
		metrics = exposed(await edge("/__edge/metrics"));
		return metrics.has("haproxy_server_check_duration_seconds");
	});
	const queries = boardQueries("edge.json");
	expect(queries.length).toBeGreaterThan(10);
	for (const { title, query } of queries)
		for (const name of metricsOf(query)) {
			expect([...metrics.keys()], title).toContain(name);
			for (const label of labelsOf(query))
				expect([...(metrics.get(name) ?? [])], `${title}: ${name}`).toContain(label);
		}
});

test("the nodes' metrics are not reachable through the edge", async () => {
	expect((await secureFetch(`${stack.https}/metrics`)).status).toBe(404);
	expect((await fetch(`${stack.cluster.nodes[0]!.url}/metrics`)).status).toBe(200);
});

test("a frozen node becomes DOWN by its health check, gets no new sessions, and becomes UP again afterwards", async () => {
	const node = stack.cluster.nodes[1]!;
	const state = async () => {
		const { nodes } = JSON.parse(await edge("/__edge/pools/app")) as {
			nodes: { node: string; state: string }[];
		};
		return nodes.find((shown) => shown.node === node.id)?.state;
	};
	process.kill(node.pid, "SIGSTOP");
	try {
		await until("the node is DOWN", async () => (await state()) === "DOWN");
		for (let i = 0; i < 3; i++) {
			using client = await connectClient(stack.https, ["websocket"], { rejectUnauthorized: false });
			expect((await client.emitWithAck("whoami")).node).not.toBe(node.id);
		}
	} finally {
		process.kill(node.pid, "SIGCONT");
	}
	await until("the node is UP", async () => (await state()) === "UP");
});
