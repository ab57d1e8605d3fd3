import { expect, test } from "vitest";
import { costOf, PRICES, USER } from "../../../../loadtest/report/values/cost.ts";
import { drawResult } from "../../../support/report/results.ts";

test("a WebSocket user costs the handshake requests, a polling user also those of every message and heartbeat", () => {
	const result = drawResult({ paths: ["edge"] });
	const [polling, websocket] = result.groups;
	websocket!.counts.requests = 0;
	polling!.counts.requests = polling!.counts.received * 2;
	// 2 sessions an hour, one request each: 1.44 M a month for 1,000 users.
	const dollarsPerMillion = PRICES.perMillionRequests + PRICES.perMillionCpuMs * USER.cpuMsARequest;
	expect(costOf(websocket!)).toMatchObject({ requestsPerUserHour: 2 });
	expect(costOf(websocket!)?.dollars).toBeCloseTo(1.44 * dollarsPerMillion, 6);
	// 2 sessions of 3 requests, 288 for heartbeats, 60 messages of 2 requests.
	expect(costOf(polling!)?.requestsPerUserHour).toBe(6 + 288 + 120);
	polling!.counts.requests = 0;
	expect(costOf(polling!)).toBeUndefined();
});
