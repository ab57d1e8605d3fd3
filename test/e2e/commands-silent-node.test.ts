/** A node that accepts connections and never answers: the edge's deadlines protect clients from it. */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningNode, startNode } from "../../origin/cluster/node.ts";
import { planCluster } from "../../origin/cluster/plan.ts";
import { tagOf } from "../../worker/contract.ts";
import { type Command, nodeRun } from "../support/commands/command.ts";
import { type Answer, secureFetch } from "../support/edge/secure-fetch.ts";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

let silentUrl = "";
let healthy: RunningNode;
const held = new Set<Socket>();
const silent = createServer((socket) => {
	held.add(socket);
	socket.on("error", () => {}).once("close", () => held.delete(socket));
});

beforeAll(async () => {
	healthy = await startNode(planCluster({ nodes: 1, port: 0 }).nodes[0]!);
	await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
	silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
});
afterAll(async () => {
	for (const socket of held) socket.destroy();
	silent.close();
	await healthy?.stop();
});

test("with a silent and a healthy node, the healthy one answers every handshake", async () => {
	await using command = edge(`quiet=${silentUrl}`, `n1=http://127.0.0.1:${healthy.port}`);
	const base = await httpsOf(command);
	const handshakes = Array.from({ length: 12 }, () => timedHandshake(base));
	const answers = await Promise.all(handshakes);
	expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
	expect(answers.map(({ body }) => JSON.parse(body.slice(1)).sid.slice(0, 3))).toEqual(
		answers.map(() => tagOf("n1")),
	);
	// The deadline of a handshake is 5 s. Those that were sent to the silent node first waited that long, and none waited twice.
	const longest = Math.max(...answers.map(({ seconds }) => seconds));
	expect(longest).toBeGreaterThan(4.5);
	expect(longest).toBeLessThan(9);
});

test("with a silent node alone, a handshake is answered with 503 and CORS after its deadline", async () => {
	await using command = edge(`quiet=${silentUrl}`);
	const base = await httpsOf(command);
	const answer = await timedHandshake(base);
	expect(answer.status).toBe(503);
	expect(JSON.parse(answer.body).code).toBe("EDGE_NO_NODE");
	expect(answer.headers["access-control-allow-origin"]).toBe(base);
	expect(answer.seconds).toBeGreaterThan(4.5);
	expect(answer.seconds).toBeLessThan(9);
});

async function timedHandshake(base: string): Promise<Answer & { readonly seconds: number }> {
	const start = performance.now();
	const answer = await secureFetch(base + HANDSHAKE, { headers: { origin: base } });
	return { ...answer, seconds: (performance.now() - start) / 1000 };
}

function edge(...nodes: string[]): Command {
	const flags = ["--https-port", "0", "--http-port", "0", "--json"];
	return nodeRun("worker/selfhost/cli.ts", ...flags, ...nodes.flatMap((node) => ["--node", node]));
}

async function httpsOf(command: Command): Promise<string> {
	return JSON.parse(await command.line("{")).https;
}
