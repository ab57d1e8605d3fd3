import { describe, expect, test } from "vitest";
import { startCluster } from "../../origin/cluster/cluster.ts";
import { runOrigin } from "../support/origin/command.ts";
import { connectClient } from "../support/origin/node.ts";
import { hasRedis, startRedis } from "../support/origin/redis.ts";
import { until } from "../support/until.ts";

describe.skipIf(!hasRedis)("Redis between the nodes (needs redis-server)", () => {
	test("while Redis is down nodes report it and serve their own clients; afterwards rooms reach all nodes again", async () => {
		await using redis = await startRedis({ aof: false });
		await using cluster = await startCluster({ nodes: 2, port: 0, redis: redis.url });
		const [first, second] = cluster.nodes;
		using client = await connectClient(first!.url, ["websocket"]);
		using neighbour = await connectClient(first!.url, ["polling"]);
		using other = await connectClient(second!.url, ["websocket"]);
		for (const member of [neighbour, other]) await member.emitWithAck("join", "a");

		const linkUp = async () => {
			const { link } = (await (await fetch(`${first!.url}/healthz`)).json()) as { link: { up: boolean } };
			return link.up;
		};
		expect(await linkUp()).toBe(true);
		await redis.end("SIGKILL");
		await until("the node reports that Redis is down", async () => !(await linkUp()));
		expect(await (await fetch(`${first!.url}/metrics`)).text()).toContain('sticky_node_link_up{node="n1"} 0');
		expect((await fetch(`${first!.url}/healthz`)).status).toBe(200);
		const received = new Promise((resolve) => neighbour.once("room", (...args) => resolve(args.slice(0, 2))));
		await client.emitWithAck("room", "a", "here");
		expect(await received).toEqual(["a", "here"]);
		expect(await client.emitWithAck("publish", "1", "a", "x")).toMatchObject({ ok: false });

		await redis.start();
		await until("the node reports that Redis is up", linkUp);
		const far = new Promise((resolve) => other.once("published", (...args) => resolve(args.slice(0, 3))));
		await until("the event is accepted", async () => (await client.emitWithAck("publish", "2", "a", "y")).ok);
		expect(await far).toEqual(["2", "a", "y"]);
		expect([client, neighbour, other].map(({ connected }) => connected)).toEqual([true, true, true]);
	});

	test("a client that reconnects to another node keeps its id and room and gets each missed event once", async () => {
		await using redis = await startRedis({ aof: false });
		await using cluster = await startCluster({ nodes: 2, port: 0, redis: redis.url });
		const [first, second] = cluster.nodes;
		using publisher = await connectClient(second!.url, ["websocket"]);
		using client = await connectClient(first!.url, ["polling"], {
			reconnection: true,
			reconnectionDelay: 200,
		});
		const received: string[] = [];
		client.on("published", (id: string) => received.push(id));
		await client.emitWithAck("join", "a");
		await publisher.emitWithAck("publish", "before", "a", 1);
		await until("the first event arrives", () => received.length === 1);
		const { id } = client;
		// The next connection goes to the other node, as behind an edge while this one drains.
		Object.assign(client.io, { uri: second!.url });
		const reconnected = new Promise((resolve) => client.once("connect", () => resolve(client.recovered)));
		client.io.engine.close();
		await publisher.emitWithAck("publish", "meanwhile", "a", Buffer.from([7]));
		expect(await reconnected).toBe(true);
		expect(client.id).toBe(id);
		await publisher.emitWithAck("publish", "after", "a", 1);
		await until("the last event arrives", () => received.includes("after"));
		expect(received).toEqual(["before", "meanwhile", "after"]);
	});
});

test.each([
	[
		"redis://:hush-hush@127.0.0.1:1",
		/^error: node n1: --redis redis:\/\/127\.0\.0\.1:1 cannot be used \(.*ECONNREFUSED.*\); start Redis there/,
		1,
	],
	[
		"http://:hush-hush@127.0.0.1:1",
		/^error: --redis http:\/\/127\.0\.0\.1:1\/? is not a Redis URL; use redis:\/\/host:port/,
		2,
	],
])("--redis %s fails with one line that does not show the password", async (url, message, exitCode) => {
	const { code, stderr } = await runOrigin([
		"--nodes",
		"1",
		"--port",
		"0",
		"--policy-port",
		"0",
		"--redis",
		url,
	]);
	expect(stderr).toMatch(message);
	expect(stderr).not.toContain("hush");
	expect(stderr.trim().split("\n")).toHaveLength(1);
	expect(code).toBe(exitCode);
});
