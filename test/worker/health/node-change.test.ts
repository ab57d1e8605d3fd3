import { describe, expect, it } from "vitest";
import { readNodeChange } from "../../../worker/health/node-change.ts";

describe("a node change", () => {
	it.each([
		[
			{ pool: "app", node: "n1", state: "drain" },
			{ pool: "app", node: "n1", adminState: "drain", weight: undefined },
		],
		[
			{ pool: "app", node: "n1", word: "maint" },
			{ pool: "app", node: "n1", adminState: "maint", weight: undefined },
		],
		[
			{ pool: "app", node: "n1", weight: 0 },
			{ pool: "app", node: "n1", adminState: undefined, weight: 0 },
		],
		[{ pool: "app", node: "n1" }, "state: missing; write one of ready, drain, maint, or a weight"],
		[{ pool: "app", node: "n1", state: "kill" }, 'state: "kill" is not one of ready, drain, maint'],
		[
			{ pool: "app", node: "n1", weight: 300 },
			"weight: 300 is not a whole number from 0 to 256, nor null for the configured weight",
		],
		[
			{ pool: "app", node: "n1", weight: null },
			{ pool: "app", node: "n1", adminState: undefined, weight: null },
		],
		[
			{ pool: "app", node: "n1", state: "ready", weight: null },
			{ pool: "app", node: "n1", adminState: "ready", weight: null },
		],
		[{ pool: "app", node: "n1", state: null }, "state: null is not one of ready, drain, maint"],
		[{ pool: "app", node: "n1", state: null, weight: 5 }, "state: null is not one of ready, drain, maint"],
		[{ pool: "app", node: "n1", word: null }, "state: null is not one of ready, drain, maint"],
		[
			{ pool: "app", node: "n1", weight: false },
			"weight: false is not a whole number from 0 to 256, nor null for the configured weight",
		],
		[{ node: "n1", state: "drain" }, "pool: missing; write the pool's name"],
		[null, 'body: not a JSON object; write {"pool", "node", "state"}'],
	])("%o is read as %o", (body, wanted) => {
		expect(readNodeChange(body)).toEqual(wanted);
	});
});
