import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startCluster } from "../../origin/cluster/cluster.ts";
import { certificateFor } from "../../worker/selfhost/certificate.ts";
import { runOrigin, spawnOrigin, startOrigin } from "../support/origin/command.ts";
import { connectClient } from "../support/origin/node.ts";
import { until } from "../support/until.ts";

/** Reconnects sooner than by default. */
const RECONNECTING = { reconnection: true, reconnectionDelay: 200, reconnectionDelayMax: 500 };

const QUICK_DRAIN = { wait: 100, rate: 1_000, deadline: 500 };

test("a binary broadcast reaches the clients of every node, with and without TLS", async () => {
	const tls = await certificateFor(null, null);
	await using cluster = await startCluster({ nodes: 2, port: 0, tls });
	const urls = cluster.nodes.flatMap(({ url, tlsUrl }) => [url, tlsUrl!]);
	const clients = await Promise.all(
		urls.map((url, index) =>
			connectClient(url, [index % 2 === 0 ? "polling" : "websocket"], { rejectUnauthorized: false }),
		),
	);
	const received = clients.map((client) => new Promise((resolve) => client.once("broadcast", resolve)));
	await clients[0]?.emitWithAck("broadcast", Buffer.from([1, 0, 255]));
	expect(await Promise.all(received)).toEqual(Array(4).fill(Buffer.from([1, 0, 255])));
	for (const client of clients) client.disconnect();
});

test("a node killed with SIGKILL restarts with its id and port, and sessions on other nodes continue", async () => {
	await using origin = await startOrigin(["--nodes", "2"]);
	const [first, second] = origin.ready.nodes;
	using other = await connectClient(second!.url, ["websocket"]);
	using client = await connectClient(first!.url, ["websocket"], RECONNECTING);
	const reconnected = new Promise((resolve) => client.io.once("reconnect", resolve));
	process.kill(first!.pid, "SIGKILL");
	expect(await origin.warning()).toBe("warning: node n1 exited (SIGKILL); restarting it in 250 ms");
	await reconnected;
	expect(await client.emitWithAck("whoami")).toEqual({ node: "n1", transport: "websocket" });
	expect(client.io.engine).toMatchObject({ id: expect.stringMatching(/^d0N/) });
	expect(other.connected).toBe(true);
});

test("a node stores its compiled code while it runs, so that its restart after SIGKILL finds it", async () => {
	const folder = await mkdtemp(join(tmpdir(), "compiled-"));
	try {
		await using _origin = await startOrigin(["--nodes", "1"], { NODE_COMPILE_CACHE: folder });
		await until(
			"compiled code is stored",
			async () => (await readdir(folder, { recursive: true })).length > 1,
		);
	} finally {
		await rm(folder, { recursive: true });
	}
});

test("a roll by another command replaces every node on its port, and clients reconnect by themselves", async () => {
	await using origin = await startOrigin(["--nodes", "2", "--drain-wait", "0.1"]);
	const clients = await Promise.all(
		origin.ready.nodes.map(({ url }) => connectClient(url, ["polling", "websocket"], RECONNECTING)),
	);
	const reconnected = clients.map((client) => new Promise((resolve) => client.io.once("reconnect", resolve)));
	const port = new URL(origin.ready.nodes[0]!.url).port;
	const { code, stdout } = await runOrigin(["roll", "--port", port]);
	expect(code).toBe(0);
	const pids = [...stdout.matchAll(/^(n\d) replaced, pid (\d+)$/gm)].map(([, id, pid]) => [id, Number(pid)]);
	expect(pids.map(([id]) => id)).toEqual(["n1", "n2"]);
	for (const { pid } of origin.ready.nodes) expect(pids.map(([, now]) => now)).not.toContain(pid);
	await Promise.all(reconnected);
	for (const client of clients) client.disconnect();
});

test("a second roll is refused while one is in progress", async () => {
	await using cluster = await startCluster({ nodes: 1, port: 0, drain: QUICK_DRAIN });
	const first = cluster.roll();
	await expect(cluster.roll()).rejects.toThrow("a roll is already in progress");
	await first;
});

test("an interrupted roll command exits with code 130, and the cluster keeps running", async () => {
	await using origin = await startOrigin(["--nodes", "1", "--drain-wait", "600"]);
	const [node] = origin.ready.nodes;
	const roll = spawnOrigin(["roll", "--port", new URL(node!.url).port]);
	await until("the node drains", async () => (await fetch(`${node!.url}/healthz`)).status === 503);
	roll.kill("SIGTERM");
	expect(await once(roll, "exit")).toEqual([130, null]);
	expect((await fetch(node!.url)).status).toBe(200);
});

test("SIGTERM to a node drains it: its sessions close, it exits with code 0, and it is restarted", async () => {
	await using origin = await startOrigin(["--nodes", "1", "--drain-wait", "0"]);
	using client = await connectClient(origin.ready.nodes[0]!.url, ["websocket"], RECONNECTING);
	const disconnected = new Promise((resolve) => client.once("disconnect", resolve));
	const reconnected = new Promise((resolve) => client.io.once("reconnect", resolve));
	process.kill(origin.ready.nodes[0]!.pid, "SIGTERM");
	expect(await disconnected).toBe("transport close");
	expect(await origin.warning()).toBe("warning: node n1 exited (exit code 0); restarting it in 250 ms");
	await reconnected;
});

test("a second SIGTERM ends a draining node immediately", async () => {
	await using origin = await startOrigin(["--nodes", "1", "--drain-wait", "600"]);
	const [node] = origin.ready.nodes;
	process.kill(node!.pid, "SIGTERM");
	await until("the node drains", async () => (await fetch(`${node!.url}/healthz`)).status === 503);
	process.kill(node!.pid, "SIGTERM");
	expect(await origin.warning()).toBe("warning: node n1 exited (exit code 130); restarting it in 250 ms");
});

test("without Redis a reconnecting client misses what was sent meanwhile, and two nodes publish the same id twice", async () => {
	await using cluster = await startCluster({ nodes: 2, port: 0, drain: QUICK_DRAIN });
	const [first, second] = cluster.nodes;
	using publisher = await connectClient(second!.url, ["websocket"]);
	using client = await connectClient(first!.url, ["websocket"], RECONNECTING);
	const received: string[] = [];
	client.on("published", (id: string) => received.push(id));
	await client.emitWithAck("join", "a");
	const disconnected = new Promise((resolve) => client.once("disconnect", resolve));
	const reconnected = new Promise((resolve) => client.io.once("reconnect", resolve));
	process.kill(first!.pid, "SIGTERM");
	await disconnected;
	expect(await publisher.emitWithAck("publish", "meanwhile", "a", 1)).toEqual({ ok: true, repeated: false });
	await reconnected;
	await client.emitWithAck("join", "a");
	expect(client.recovered).toBeFalsy();
	expect(await publisher.emitWithAck("publish", "again", "a", 1)).toEqual({ ok: true, repeated: false });
	expect(await publisher.emitWithAck("publish", "again", "a", 1)).toEqual({ ok: true, repeated: true });
	expect(await client.emitWithAck("publish", "again", "a", 1)).toEqual({ ok: true, repeated: false });
	// From the other node it comes by way of the primary, perhaps after the acknowledgement.
	await until("both have arrived", async () => received.length >= 2);
	expect(received).toEqual(["again", "again"]);
});
