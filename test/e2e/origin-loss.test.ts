import { describe, expect, test } from "vitest";
import { gatherCrowd } from "../support/origin/crowd.ts";
import { hasRedis, startRedis } from "../support/origin/redis.ts";
import { startTestStack } from "../support/origin/stack.ts";

const DRAIN = { wait: 200, rate: 100, deadline: 1_000 };

describe.skipIf(!hasRedis)("with Redis (needs redis-server)", () => {
	test("a roll of all nodes under load loses and duplicates no acknowledged event, and no handshake fails", async () => {
		await using redis = await startRedis({ aof: false });
		await using stack = await startTestStack({ redis: redis.url, drain: DRAIN });
		await using crowd = await gatherCrowd({
			url: stack.edge.https,
			clients: 40,
			rooms: 8,
			publishers: 4,
			rate: 80,
		});
		const verdict = await crowd.publishDuring(stack.cluster.roll());
		expect(verdict).toMatchObject({ named: [], unnamed: [], doubled: [] });
		expect(verdict.expected).toBeGreaterThan(500);
		expect(crowd.accounts.flatMap(({ refused }) => refused)).toEqual([]);
		// Every client must have been disconnected at least once, or the test would prove nothing.
		for (const { name, gaps } of crowd.accounts) expect(gaps.length, name).toBeGreaterThan(0);
	}, 60_000);
});
