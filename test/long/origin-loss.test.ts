import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Cluster } from "../../origin/cluster/cluster.ts";
import { type Crowd, gatherCrowd } from "../support/origin/crowd.ts";
import { quantile } from "../support/origin/ledger.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/origin/redis.ts";
import { startTestStack } from "../support/origin/stack.ts";

const RUNS = [1, 2, 3];
const CROWD = { clients: 300, rooms: 30, publishers: 10, rate: 50 };
const DRAIN = { wait: 1_000, rate: 100, deadline: 5_000 };
/** More sessions than one of three balanced nodes can have. */
const MAX_SESSIONS_OF_A_NODE = 150;

interface Run {
	readonly cluster: Cluster;
	readonly redis: TestRedis;
	readonly crowd: Crowd;
}

/** Starts everything, calls `act` after a second of load, and returns what was lost, with the clients' gaps. */
async function run(aof: boolean, act: (run: Run) => Promise<void>) {
	await using redis = await startRedis({ aof });
	await using stack = await startTestStack({ redis: redis.url, drain: DRAIN });
	await using crowd = await gatherCrowd({ ...CROWD, url: stack.edge.https });
	const acted = sleep(1_000).then(() => act({ cluster: stack.cluster, redis, crowd }));
	const result = await crowd.publishDuring(acted);
	const gaps = crowd.records.flatMap(({ gaps }) => gaps);
	const disconnectedMs = gaps.map(({ from, to }) => to - from);
	console.log(
		`events ${result.events}, deliveries ${result.expected}, resent ${result.resent}, lost in a gap ${result.lostInGap.length}, lost otherwise ${result.lostOtherwise.length}, duplicated ${result.duplicated.length}; gaps ${gaps.length}, recovered ${gaps.filter(({ recovered }) => recovered).length}, disconnected p50 ${quantile(disconnectedMs, 0.5).toFixed()} p99 ${quantile(disconnectedMs, 0.99).toFixed()} ms`,
	);
	return {
		...result,
		gaps,
		disconnectedMs,
		failedHandshakes: crowd.records.flatMap(({ failedHandshakes }) => failedHandshakes),
	};
}

describe.skipIf(!hasRedis)(
	"300 clients, rooms across nodes, through the edge, with Redis (needs redis-server)",
	() => {
		test.each(RUNS)(
			"a drain loses and duplicates nothing, and only the clients of that node move (run %i)",
			async () => {
				const result = await run(true, async ({ cluster }) => {
					const [node] = cluster.nodes;
					process.kill(node!.pid, "SIGTERM");
					while (cluster.nodes.some(({ pid }) => pid === node!.pid)) await sleep(200);
					await sleep(3_000);
				});
				expect(result).toMatchObject({
					lostInGap: [],
					lostOtherwise: [],
					duplicated: [],
					failedHandshakes: [],
				});
				expect(result.gaps.length).toBeGreaterThan(30);
				expect(result.gaps.length).toBeLessThan(MAX_SESSIONS_OF_A_NODE);
			},
			120_000,
		);

		test.each(RUNS)(
			"a roll loses and duplicates nothing, and every client moves (run %i)",
			async () => {
				const result = await run(true, ({ cluster }) => cluster.roll());
				expect(result).toMatchObject({
					lostInGap: [],
					lostOtherwise: [],
					duplicated: [],
					failedHandshakes: [],
				});
				expect(result.gaps.length).toBeGreaterThanOrEqual(CROWD.clients);
			},
			180_000,
		);

		test.each(RUNS)(
			"kill -9 loses only events sent while a client of that node is disconnected, p99 of that time below 2.5 s (run %i)",
			async () => {
				const result = await run(true, async ({ cluster }) => {
					process.kill(cluster.nodes[0]!.pid, "SIGKILL");
					await sleep(5_000);
				});
				expect(result.lostOtherwise).toEqual([]);
				expect(result.gaps.length).toBeLessThan(MAX_SESSIONS_OF_A_NODE);
				expect(quantile(result.disconnectedMs, 0.99)).toBeLessThan(2_500);
				// A claim that the dead node did not confirm expires, so an event that it had sent can be published again.
				expect(result.duplicated.length).toBeLessThanOrEqual(CROWD.rate);
			},
			120_000,
		);

		test.each([true, false])(
			"a restart of Redis with AOF %s loses no acknowledged event, and nodes keep their clients",
			async (aof) => {
				const result = await run(aof, async ({ redis, crowd }) => {
					await redis.end("SIGKILL");
					await sleep(2_000);
					// A node must not lose a client because Redis is down.
					expect(Object.values(await crowd.nodes()).reduce((sum, count) => sum + count)).toBe(CROWD.clients);
					await redis.start();
					await sleep(5_000);
				});
				expect(result.gaps).toEqual([]);
				expect([result.lostInGap, result.lostOtherwise]).toEqual([[], []]);
				// An event that was being published when Redis died is published again: at most those of one second.
				expect(result.duplicated.length).toBeLessThanOrEqual((CROWD.rate * CROWD.clients) / CROWD.rooms);
			},
			120_000,
		);
	},
);
