import { expect, test } from "vitest";
import { startCluster } from "../../origin/cluster/cluster.ts";
import { certificateFor } from "../../worker/selfhost/certificate.ts";
import { runOrigin, startOrigin } from "../support/origin/command.ts";
import { connectClient } from "../support/origin/node.ts";
import { until } from "../support/until.ts";

/** A client that comes back by itself, sooner than by default. */
const BACK_SOON = { reconnection: true, reconnectionDelay: 200, reconnectionDelayMax: 500 };

const QUICK_DRAIN = { wait: 100, rate: 1_000, deadline: 500 };

test("a broadcast with bytes reaches clients of every node, plain and over TLS", async () => {
	const tls = await certificateFor(null, null);
	await using cluster = await startCluster({ nodes: 2, port: 0, tls });
	const urls = cluster.nodes.flatMap(({ url, tlsUrl }) => [url, tlsUrl!]);
	const clients = await Promise.all(
		urls.map((url, index) =>
			connectClient(url, [index % 2 === 0 ? "polling" : "websocket"], { rejectUnauthorized: false }),
		),
	);
	const heard = clients.map((client) => new Promise((resolve) => client.once("broadcast", resolve)));
	await clients[0]?.emitWithAck("broadcast", Buffer.from([1, 0, 255]));
	expect(await Promise.all(heard)).toEqual(Array(4).fill(Buffer.from([1, 0, 255])));
	for (const client of clients) client.disconnect();
});

test("a node killed with SIGKILL is back under its id and port, and no other session notices", async () => {
	await using origin = await startOrigin(["--nodes", "2"]);
	const [first, second] = origin.ready.nodes;
	using other = await connectClient(second!.url, ["websocket"]);
	using client = await connectClient(first!.url, ["websocket"], BACK_SOON);
	const back = new Promise((resolve) => client.io.once("reconnect", resolve));
	process.kill(first!.pid, "SIGKILL");
	expect(await origin.warning()).toBe("warning: node n1 ended (SIGKILL): started again in 250 ms");
	await back;
	expect(await client.emitWithAck("whoami")).toEqual({ node: "n1", transport: "websocket" });
	expect(client.io.engine).toMatchObject({ id: expect.stringMatching(/^d0N/) });
	expect(other.connected).toBe(true);
});

test("a roll by another command replaces every node on its port, and clients come back by themselves", async () => {
	await using origin = await startOrigin(["--nodes", "2", "--drain-wait", "0.1"]);
	const clients = await Promise.all(
		origin.ready.nodes.map(({ url }) => connectClient(url, ["polling", "websocket"], BACK_SOON)),
	);
	const back = clients.map((client) => new Promise((resolve) => client.io.once("reconnect", resolve)));
	const port = new URL(origin.ready.nodes[0]!.url).port;
	const { code, stdout } = await runOrigin(["roll", "--port", port]);
	expect(code).toBe(0);
	const pids = [...stdout.matchAll(/^(n\d) replaced, pid (\d+)$/gm)].map(([, id, pid]) => [id, Number(pid)]);
	expect(pids.map(([id]) => id)).toEqual(["n1", "n2"]);
	for (const { pid } of origin.ready.nodes) expect(pids.map(([, now]) => now)).not.toContain(pid);
	await Promise.all(back);
	for (const client of clients) client.disconnect();
});

test("two rolls at once: the second is refused", async () => {
	await using cluster = await startCluster({ nodes: 1, port: 0, drain: QUICK_DRAIN });
	const first = cluster.roll();
	await expect(cluster.roll()).rejects.toThrow("a roll is under way already");
	await first;
});

test("SIGTERM to one node drains it: exit code 0, its sessions closed, and it is started again", async () => {
	await using origin = await startOrigin(["--nodes", "1", "--drain-wait", "0"]);
	using client = await connectClient(origin.ready.nodes[0]!.url, ["websocket"], BACK_SOON);
	const left = new Promise((resolve) => client.once("disconnect", resolve));
	const back = new Promise((resolve) => client.io.once("reconnect", resolve));
	process.kill(origin.ready.nodes[0]!.pid, "SIGTERM");
	expect(await left).toBe("transport close");
	expect(await origin.warning()).toBe("warning: node n1 ended (exit 0): started again in 250 ms");
	await back;
});

test("a second SIGTERM ends a draining node at once", async () => {
	await using origin = await startOrigin(["--nodes", "1", "--drain-wait", "600"]);
	const [node] = origin.ready.nodes;
	process.kill(node!.pid, "SIGTERM");
	await until("it drains", async () => (await fetch(`${node!.url}/healthz`)).status === 503);
	process.kill(node!.pid, "SIGTERM");
	expect(await origin.warning()).toBe("warning: node n1 ended (exit 130): started again in 250 ms");
});

test("without Redis a client that comes back missed what was sent meanwhile, and two nodes take one id for two", async () => {
	await using cluster = await startCluster({ nodes: 2, port: 0, drain: QUICK_DRAIN });
	const [first, second] = cluster.nodes;
	using publisher = await connectClient(second!.url, ["websocket"]);
	using client = await connectClient(first!.url, ["websocket"], BACK_SOON);
	const got: string[] = [];
	client.on("published", (id: string) => got.push(id));
	await client.emitWithAck("join", "a");
	const left = new Promise((resolve) => client.once("disconnect", resolve));
	const back = new Promise((resolve) => client.io.once("reconnect", resolve));
	process.kill(first!.pid, "SIGTERM");
	await left;
	expect(await publisher.emitWithAck("publish", "meanwhile", "a", 1)).toEqual({ ok: true, repeated: false });
	await back;
	await client.emitWithAck("join", "a");
	expect(client.recovered).toBeFalsy();
	expect(await publisher.emitWithAck("publish", "again", "a", 1)).toEqual({ ok: true, repeated: false });
	expect(await publisher.emitWithAck("publish", "again", "a", 1)).toEqual({ ok: true, repeated: true });
	expect(await client.emitWithAck("publish", "again", "a", 1)).toEqual({ ok: true, repeated: false });
	expect(got).toEqual(["again", "again"]);
});
