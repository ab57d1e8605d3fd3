import { describe, expect, it } from "vitest";
import type { Exchange } from "../../../worker/stats/exchange.ts";
import type { Counts } from "../../../worker/stats/sums.ts";
import { counted, FRONT } from "../support/counted.ts";
import { exchangeOf } from "../support/exchanges.ts";

/** Equal counts for the traffic's total and for a node. */
const atBoth = (proxy: string, node: string, sums: Record<string, number>): Counts => ({
	[proxy]: sums,
	[`${proxy}/${node}`]: sums,
});

describe("an exchange counts", () => {
	it.each<[what: string, exchange: Exchange, counts: Counts]>([
		[
			"a polling session for the frontend, the pool's polling and the node",
			exchangeOf("handshake", "passed", 200, [[0, "ok", 200, 5]]),
			{
				front: { ...FRONT, sessions: 1, hrsp_2xx: 1 },
				...atBoth("app_polling", "n1", {
					requests: 1,
					sessions: 1,
					picks: 1,
					hrsp_2xx: 1,
					waits: 1,
					wait_ms: 5,
					total_ms: 7,
				}),
			},
		],
		[
			"no session for a handshake that the node answered with 400",
			exchangeOf("handshake", "passed", 400, [[0, "ok", 400, 5]]),
			{
				front: { ...FRONT, hrsp_4xx: 1 },
				...atBoth("app_polling", "n1", {
					requests: 1,
					picks: 1,
					hrsp_4xx: 1,
					waits: 1,
					wait_ms: 5,
					total_ms: 7,
				}),
			},
		],
		[
			"a held poll as sticky, but not its time",
			exchangeOf("poll", "passed", 200, [[1, "ok", 200, 25_000]]),
			{
				front: { ...FRONT, hrsp_2xx: 1 },
				...atBoth("app_polling", "n2", { requests: 1, sticky: 1, hrsp_2xx: 1 }),
			},
		],
		[
			"a finished upgrade under websocket, and no second session",
			exchangeOf("upgrade", "passed", 101, [[2, "ok", 101, 1]]),
			{
				front: { ...FRONT, hrsp_1xx: 1 },
				...atBoth("app_websocket", "n3", {
					requests: 1,
					sticky: 1,
					upgrades_tried: 1,
					upgrades_done: 1,
					hrsp_1xx: 1,
					waits: 1,
					wait_ms: 1,
					total_ms: 3,
				}),
			},
		],
		[
			"a flashsocket session under its own traffic",
			exchangeOf("flashsocket", "passed", 101, [[0, "ok", 101, 1]]),
			{
				front: { ...FRONT, sessions: 1, hrsp_1xx: 1 },
				...atBoth("app_flashsocket", "n1", {
					requests: 1,
					sessions: 1,
					picks: 1,
					hrsp_1xx: 1,
					waits: 1,
					wait_ms: 1,
					total_ms: 3,
				}),
			},
		],
		[
			"a redispatch for the pool and the node that failed, and the session for the node that took it",
			exchangeOf("handshake", "passed", 200, [
				[0, "unreachable", 0, 3],
				[1, "ok", 200, 5],
			]),
			{
				front: { ...FRONT, sessions: 1, hrsp_2xx: 1 },
				app_polling: {
					requests: 1,
					sessions: 1,
					picks: 2,
					unreachable: 1,
					retries: 1,
					redispatches: 1,
					hrsp_2xx: 1,
					waits: 2,
					wait_ms: 8,
					total_ms: 15,
				},
				"app_polling/n1": {
					requests: 1,
					picks: 1,
					unreachable: 1,
					retries: 1,
					redispatches: 1,
					waits: 1,
					wait_ms: 3,
					total_ms: 5,
				},
				"app_polling/n2": {
					requests: 1,
					sessions: 1,
					picks: 1,
					hrsp_2xx: 1,
					waits: 1,
					wait_ms: 5,
					total_ms: 10,
				},
			},
		],
		[
			"a request whose session's node is down as gone, with code 1 and the failure of that node",
			exchangeOf("post", "gone", 400, [[0, "timeout", 0, 30]]),
			{
				front: { ...FRONT, hrsp_4xx: 1 },
				app_polling: {
					requests: 1,
					gone: 1,
					timeouts: 1,
					hrsp_4xx: 1,
					code_1: 1,
					waits: 1,
					wait_ms: 30,
					total_ms: 32,
				},
				"app_polling/n1": {
					requests: 1,
					gone: 1,
					timeouts: 1,
					hrsp_4xx: 1,
					waits: 1,
					wait_ms: 30,
					total_ms: 32,
				},
			},
		],
		[
			"a request whose session id names no node as gone, for no node",
			exchangeOf("poll", "gone", 400),
			{ front: { ...FRONT, hrsp_4xx: 1 }, app_polling: { requests: 1, gone: 1, hrsp_4xx: 1, code_1: 1 } },
		],
		[
			"a handshake that every node refused as no_node",
			exchangeOf("handshake", "no_node", 503, [
				[0, "refused", 503, 1],
				[1, "refused", 503, 1],
			]),
			{
				front: { ...FRONT, hrsp_5xx: 1 },
				app_polling: {
					requests: 1,
					picks: 2,
					no_node: 1,
					refused: 2,
					retries: 1,
					redispatches: 1,
					hrsp_5xx: 1,
					waits: 2,
					wait_ms: 2,
					total_ms: 7,
				},
				"app_polling/n1": {
					requests: 1,
					picks: 1,
					refused: 1,
					retries: 1,
					redispatches: 1,
					waits: 1,
					wait_ms: 1,
					total_ms: 3,
				},
				"app_polling/n2": {
					requests: 1,
					picks: 1,
					refused: 1,
					hrsp_5xx: 1,
					waits: 1,
					wait_ms: 1,
					total_ms: 4,
				},
			},
		],
		[
			"an application's own 500 as a server error",
			exchangeOf("page", "passed", 500, [[1, "ok", 500, 4]]),
			{
				front: { ...FRONT, hrsp_5xx: 1 },
				...atBoth("app_http", "n2", {
					requests: 1,
					picks: 1,
					server_errors: 1,
					hrsp_5xx: 1,
					waits: 1,
					wait_ms: 4,
					total_ms: 6,
				}),
			},
		],
		[
			"a preflight that the edge answered, for the pool",
			exchangeOf("preflight", "preflight", 204),
			{ front: { ...FRONT, hrsp_2xx: 1 }, app_polling: { requests: 1, preflights: 1, hrsp_2xx: 1 } },
		],
	])("%s", (_what, exchange, counts) => {
		expect(counted(exchange)).toEqual(counts);
	});

	it("a denial by its reason, and by its Engine.IO code", () => {
		const denied = exchangeOf("handshake", "denied", 403);
		const denial = {
			reason: "origin",
			code: 4,
			detail: "https://evil.test",
			response: denied.response,
		} as const;
		const counts = counted({ ...denied, denial });
		expect(counts).toEqual({
			front: { ...FRONT, hrsp_4xx: 1, denied_origin: 1 },
			app_polling: { requests: 1, denied: 1, hrsp_4xx: 1, code_4: 1 },
		});
	});

	it("bytes for the frontend, the pool and the node, and the TLS version", () => {
		const counts = counted(exchangeOf("post", "passed", 200, [[0, "ok", 200, 1]]), {
			bytesIn: 30,
			bytesOut: 2,
			tls: "tls_1_2",
		});
		expect(counts["front"]).toEqual({ requests: 1, tls_1_2: 1, hrsp_2xx: 1, bytes_in: 30, bytes_out: 2 });
		for (const key of ["app_polling", "app_polling/n1"])
			expect(counts[key]).toMatchObject({ bytes_in: 30, bytes_out: 2 });
	});
});
