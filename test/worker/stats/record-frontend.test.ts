import { expect, it } from "vitest";
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
