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
		const result = await crowd.publishDuring(stack.cluster.roll());
		expect(result).toMatchObject({ lostInGap: [], lostOtherwise: [], duplicated: [] });
		expect(result.expected).toBeGreaterThan(500);
		expect(crowd.records.flatMap(({ failedHandshakes }) => failedHandshakes)).toEqual([]);
		// Every client must have been disconnected at least once, or the test would prove nothing.
		for (const { name, gaps } of crowd.records) expect(gaps.length, name).toBeGreaterThan(0);
	}, 60_000);
});
