import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import type { Metric } from "../../loadtest/record/result.ts";
import { startStack } from "../../origin/stack.ts";
import { quantileAt } from "../support/swarm/truth.ts";

const never = new AbortController().signal;
const quiet = { progress: (line: string) => console.info(line) };

test("5,000 wss clients are held 60 s with 500 acknowledgements a second, and the run is valid", {
	timeout: 600_000,
}, async () => {
	const file = fileURLToPath(new URL("../support/swarm/tls-server-process.ts", import.meta.url));
	const server = fork(file, [], { execArgv: [] });
	try {
		const [url] = (await once(server, "message")) as [string];
		const load = { clients: 5000, rate: 500, duration: 60, warmup: 5, connectRate: 150, insecure: true };
		const result = await runSwarm(planFrom({ url, transports: ["websocket"], ...load }), quiet, never);
		const [group] = result.groups;
		console.info(JSON.stringify({ counts: group!.counts, validity: result.validity, errors: group!.errors }));
		console.info(JSON.stringify(result.generator.filter(({ tainted }) => tainted)));
		expect(group!.counts).toMatchObject({
			sessionsOpen: 5000,
			sessionsLost: 0,
			due: 30_000,
			received: 30_000,
		});
		expect(result.validity.valid).toBe(true);
	} finally {
		server.disconnect();
	}
});

test("a storm of 300 sessions through the edge: all are back", { timeout: 300_000 }, async () => {
	await using stack = await startStack({});
	const load = { clients: 300, duration: 20, connectRate: 100, insecure: true };
	const plan = planFrom({ url: stack.https, scenario: "storm", ...load });
	const result = await runSwarm(plan, quiet, never);
	console.info(JSON.stringify({ outcomes: result.outcomes, validity: result.validity }));
	const found = Object.fromEntries((result.outcomes ?? []).map(({ name, value }) => [name, value]));
	expect(found).toMatchObject({ sessions_cut: 300, sessions_back: 300 });
});

test("a fan-out to 300 through the edge and direct: nothing lost, nothing doubled", {
	timeout: 300_000,
}, async () => {
	await using stack = await startStack({});
	const direct = stack.cluster.nodes.map(({ tlsUrl, url }) => `direct=${tlsUrl ?? url}`).join(",");
	const load = { clients: 300, rate: 3, duration: 40, connectRate: 100, insecure: true };
	const plan = planFrom({ paths: `${direct},edge=${stack.https}`, scenario: "fanout", ...load });
	const result = await runSwarm(plan, quiet, never);
	for (const { path, counts } of result.groups) {
		const ms = (metric: Metric, q: number) => (quantileAt(result, path, metric, q) / 1000).toFixed(1);
		const times = (["fanout_first", "fanout_median", "fanout_last"] as const).map(
			(metric) => `${metric} p50 ${ms(metric, 0.5)} p99 ${ms(metric, 0.99)} ms`,
		);
		console.info(path, JSON.stringify(counts), times.join(", "));
		expect(counts).toMatchObject({ lost: 0, doubled: 0 });
	}
	console.info(JSON.stringify(result.validity));
});
