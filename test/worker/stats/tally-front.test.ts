import { expect, it } from "vitest";
import type { Passage } from "../../../worker/passage.ts";
import type { Counts } from "../../../worker/stats/sums.ts";
import { passageOf } from "../support/passages.ts";
import { counted, FRONT } from "../support/tallied.ts";

it.each<[what: string, passage: Passage, counts: Counts]>([
	[
		"a redirect to the frontend alone",
		passageOf("page", "redirected", 308, [], null),
		{ front: { ...FRONT, redirected: 1, hrsp_3xx: 1 } },
	],
	[
		"a plain http upgrade to the frontend alone",
		passageOf("websocket", "plain_upgrade", 426, [], null),
		{ front: { ...FRONT, plain_upgrades: 1, hrsp_4xx: 1 } },
	],
	[
		"a request no route leads on",
		passageOf("page", "no_route", 404, [], null),
		{ front: { ...FRONT, no_route: 1, hrsp_4xx: 1 } },
	],
	[
		"the edge's own pages",
		passageOf("page", "own", 200, [], null),
		{ front: { ...FRONT, own: 1, hrsp_2xx: 1 } },
	],
])("a passage that comes to no pool adds %s", (_what, passage, counts) => {
	expect(counted(passage)).toEqual(counts);
});
