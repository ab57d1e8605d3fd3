import { describe, expect, it } from "vitest";
import type { Exchange } from "../../../worker/stats/exchange.ts";
import type { Counts } from "../../../worker/stats/sums.ts";
import { counted, FRONT } from "../support/counted.ts";
import { exchangeOf } from "../support/exchanges.ts";

it.each<[what: string, exchange: Exchange, counts: Counts]>([
	[
		"a redirect",
		exchangeOf("page", "redirected", 308, [], null),
		{ front: { ...FRONT, redirected: 1, hrsp_3xx: 1 } },
	],
	[
		"a plain http upgrade",
		exchangeOf("websocket", "plain_upgrade", 426, [], null),
		{ front: { ...FRONT, plain_upgrades: 1, hrsp_4xx: 1 } },
	],
	[
		"a request without a route",
		exchangeOf("page", "no_route", 404, [], null),
		{ front: { ...FRONT, no_route: 1, hrsp_4xx: 1 } },
	],
	[
		"a request under /__edge/",
		exchangeOf("page", "own", 200, [], null),
		{ front: { ...FRONT, own: 1, hrsp_2xx: 1 } },
	],
])("%s is counted for the frontend alone", (_what, exchange, counts) => {
	expect(counted(exchange)).toEqual(counts);
});

describe("an exchange counts for the frontend, the pool and the node", () => {
	it("a denial by its reason, and by its Engine.IO code", () => {
		const denied = exchangeOf("handshake", "denied", 403);
		const counts = counted({
			...denied,
			denial: { reason: "origin", code: 4, detail: null, response: denied.response },
		});
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
