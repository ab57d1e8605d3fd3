/** `--plain-client`: a real client of a worker's process against a real node, and what it is made of. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { workerArguments } from "../../loadtest/clients/run/worker-pool.ts";
import type { PlanOptions } from "../../loadtest/plan/plan.ts";
import { loadResult } from "../../loadtest/record/load.ts";
import type { ClientFacts } from "../support/swarm/client-process.ts";
import { runSwarmCommand } from "../support/swarm/command.ts";
import { startTarget, type Target } from "../support/swarm/target.ts";

const CLIENT = fileURLToPath(new URL("../support/swarm/client-process.ts", import.meta.url));

let node: Target;
let folder: string;
beforeAll(async () => {
	node = await startTarget();
	folder = await mkdtemp(join(tmpdir(), "plain-client-"));
});
afterAll(async () => {
	await node[Symbol.asyncDispose]();
	await rm(folder, { recursive: true });
});

/** Opens one client in a process with a worker's arguments. */
async function client(transport: "polling" | "websocket" | "upgrade" | "flashsocket", plainClient: boolean) {
	const { url, policyPort } = node;
	const options: PlanOptions = { url, policyPort, transports: [transport], plainClient };
	const child = fork(CLIENT, [JSON.stringify(options)], { execArgv: workerArguments({ plainClient }) });
	const exited = once(child, "exit");
	const [facts] = (await once(child, "message")) as [ClientFacts];
	await exited;
	return facts;
}

describe("with --plain-client a client is socket.io-client as published", () => {
	test.each(["websocket", "upgrade", "flashsocket"] as const)(
		"%s: its own WebSocket class",
		async (transport) => {
			expect(await client(transport, true)).toMatchObject({ transport: "NodeWebSocket", build: "esm-debug" });
		},
	);

	test("polling: its own request class, and no request changed", async () => {
		const facts = await client("polling", true);
		expect(facts).toMatchObject({ transport: "NodeXHR", build: "esm-debug", replaced: 0 });
		expect(facts.requests).toBeGreaterThan(0);
	});
});

describe("without it the swarm's replacements are used", () => {
	test.each(["websocket", "upgrade", "flashsocket"] as const)(
		"%s: the lean WebSocket class",
		async (transport) => {
			expect(await client(transport, false)).toMatchObject({ transport: "LeanWebSocket", build: "esm" });
		},
	);

	test("polling: the same request class, told that no connection was reused", async () => {
		const facts = await client("polling", false);
		expect(facts).toMatchObject({ transport: "NodeXHR", build: "esm" });
		expect(facts.replaced).toBe(facts.requests);
	});
});

test("a run with --plain-client measures, and its result records it", async () => {
	const out = join(folder, "plain.json");
	const load = ["--clients", "3", "--rate", "30", "--duration", "1", "--transports", "websocket"];
	await runSwarmCommand(node.url, ...load, "--plain-client", "--out", out, "--quiet");
	const { plan, groups } = await loadResult(out);
	expect(plan.extra["plainClient"]).toBe(true);
	expect(groups[0]!.counts).toMatchObject({ due: 30, received: 30 });
});
