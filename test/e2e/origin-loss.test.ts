import { describe, expect, test } from "vitest";
import { gatherCrowd } from "../support/origin/crowd.ts";
import { hasRedis, startRedis } from "../support/origin/redis.ts";
import { startLine } from "../support/origin/stack.ts";

const DRAIN = { wait: 200, rate: 100, deadline: 1_000 };

describe.skipIf(!hasRedis)("with Redis (needs redis-server)", () => {
	test("a roll of all nodes under load loses no acknowledged event, doubles none, and no client's handshake is refused", async () => {
		await using redis = await startRedis({ aof: false });
		await using line = await startLine({ redis: redis.url, drain: DRAIN });
		await using crowd = await gatherCrowd({
			url: line.edge.https,
			clients: 40,
			rooms: 8,
			publishers: 4,
			rate: 80,
		});
		const verdict = await crowd.publishDuring(line.cluster.roll());
		expect(verdict).toMatchObject({ named: [], unnamed: [], doubled: [] });
		expect(verdict.expected).toBeGreaterThan(500);
		expect(crowd.accounts.flatMap(({ refused }) => refused)).toEqual([]);
		// Every session was moved at least once, or nothing was shown.
		for (const { name, gaps } of crowd.accounts) expect(gaps.length, name).toBeGreaterThan(0);
	}, 60_000);
});
