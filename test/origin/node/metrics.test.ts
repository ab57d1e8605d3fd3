import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { METRICS } from "../../../origin/node/metrics.ts";
import { boardQueries, exposed, labelsOf, metricsOf } from "../../support/origin/board.ts";
import { connectClient, startTestNode, type TestNode } from "../../support/origin/node.ts";

let node: TestNode;
beforeAll(async () => {
	node = await startTestNode({ limit: 2 });
});
afterAll(() => node.stop());

/** Samples by name and labels; throws on a line that Prometheus would reject. */
async function scrape(): Promise<Map<string, number>> {
	const answer = await fetch(`${node.url}/metrics`);
	const samples = new Map<string, number>();
	for (const line of (await answer.text())
		.split("\n")
		.filter((line) => line !== "" && !line.startsWith("#"))) {
		const found = /^([a-z0-9_]+(?:\{[^{}]*\})?) (\S+)$/.exec(line);
		if (found === null || Number.isNaN(Number(found[2]?.replace("Nan", "0"))))
			throw new Error(`not a sample: ${line}`);
		samples.set(
			String(found[1])
				.replace(/,?node="n1"/, "")
				.replace("{}", ""),
			Number(found[2]),
		);
	}
	return samples;
}

test("metrics count sessions, handshakes, refusals, errors, messages and bytes as they happen", async () => {
	using client = await connectClient(node.url, ["websocket"]);
	using _other = await connectClient(node.url, ["polling"]);
	await expect(connectClient(node.url, ["websocket"])).rejects.toThrow();
	await fetch(`${node.url}/socket.io/?EIO=4&transport=polling&sid=d0N45678901234567890`);
	const before = await scrape();
	await client.emitWithAck("echo", "x".repeat(1_000));
	const after = await scrape();
	const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
	expect(after.get('sticky_node_sessions{transport="websocket"}')).toBe(1);
	expect(after.get('sticky_node_handshakes_total{transport="polling"}')).toBe(1);
	expect(after.get('sticky_node_refusals_total{reason="full"}')).toBe(1);
	expect(after.get('sticky_node_connection_errors_total{code="1"}')).toBe(1);
	expect(after.get("sticky_node_sessions_limit")).toBe(2);
	expect(grown('sticky_node_messages_total{direction="in"}')).toBe(1);
	expect(grown('sticky_node_messages_total{direction="out"}')).toBe(1);
	expect(grown('sticky_node_bytes_total{direction="in"}')).toBe('20["echo",""]'.length + 1_000);
});

test("a request that the edge forwarded for a client gets 404 instead of the metrics", async () => {
	const answer = await fetch(`${node.url}/metrics`, { headers: { "x-edge-client-ip": "203.0.113.7" } });
	expect([answer.status, await answer.text()]).toEqual([404, "Not found\n"]);
});

describe("the dashboard and the alert rules", () => {
	const rules = readFileSync(new URL("../../../origin/grafana/alerts.yaml", import.meta.url), "utf8");
	const alerts = [...rules.matchAll(/alert: (\w+)\n\s+expr: (.+)/g)].map(([, title, query]) => ({
		title: String(title),
		query: String(query),
	}));
	const queries = boardQueries("nodes.json");

	test("both have queries", () => {
		expect(alerts.length).toBeGreaterThan(5);
		expect(queries.length).toBeGreaterThan(10);
	});

	test.each([...queries, ...alerts])(
		"$title queries only metrics and labels that a node has",
		async ({ query }) => {
			const real = exposed(await (await fetch(`${node.url}/metrics`)).text());
			const asked = metricsOf(query);
			expect(asked.length).toBeGreaterThan(0);
			for (const name of asked) expect([...real.keys()], query).toContain(name);
			const known = ["node", "job", ...Object.values(METRICS).flatMap(([, , names]) => [...names])];
			for (const label of labelsOf(query)) expect(known, query).toContain(label);
		},
	);
});
