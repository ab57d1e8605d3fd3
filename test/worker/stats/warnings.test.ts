import { describe, expect, it } from "vitest";
import { nextFlush } from "../../../worker/stats/flush.ts";
import {
	addWarnings,
	currentWarnings,
	type ReportedWarnings,
	readWarnings,
	WARNING_LIFETIME_MS,
	warningsOf,
} from "../../../worker/stats/warnings.ts";
import { isolateOf } from "../support/pools.ts";

const NOON = Date.UTC(2026, 10, 23, 12);

describe("an isolate", () => {
	it("reports the warnings of its nodes with each flush, and nothing for nodes without any", () => {
		const isolate = isolateOf();
		expect(nextFlush(isolate, NOON).warnings).toEqual({});
		isolate.pools[0]!.table.nodes[1]!.warnings = { body: "raise max_body", ping: "x".repeat(5000) };
		expect(nextFlush(isolate, NOON).warnings).toEqual({
			"app/n2": { body: "raise max_body", ping: "x".repeat(600) },
		});
		isolate.pools[0]!.table.nodes[1]!.warnings = {};
		expect(nextFlush(isolate, NOON).warnings).toEqual({});
		expect(warningsOf(isolate.pools)).toEqual({});
	});
});

describe("the warnings of all isolates", () => {
	it("are merged by node and code, and end 30 s after the last report", () => {
		const reported: ReportedWarnings = new Map();
		addWarnings(reported, { "app/n1": { a: "old", b: "B" } }, NOON);
		addWarnings(reported, { "app/n1": { a: "A" }, "app/n2": { c: "C" } }, NOON + 20_000);
		expect(currentWarnings(reported, NOON + WARNING_LIFETIME_MS)).toEqual({
			"app/n1": { a: "A", b: "B" },
			"app/n2": { c: "C" },
		});
		expect(currentWarnings(reported, NOON + WARNING_LIFETIME_MS + 1)).toEqual({
			"app/n1": { a: "A" },
			"app/n2": { c: "C" },
		});
		expect(currentWarnings(reported, NOON + 20_001 + WARNING_LIFETIME_MS)).toEqual({});
		expect(reported.size).toBe(0);
	});

	it("are forgotten with further reports too, where nobody reads them", () => {
		const reported: ReportedWarnings = new Map();
		for (let i = 0; i < 100; i++)
			addWarnings(reported, { [`app/n${i}`]: { a: "A" } }, NOON + i * (WARNING_LIFETIME_MS + 1));
		expect(reported.size).toBe(1);
	});
});

it.each<[what: string, given: unknown, read: unknown]>([
	["none, by an isolate of an earlier version", undefined, {}],
	["some", { "app/n1": { a: "A" } }, { "app/n1": { a: "A" } }],
	["a list", [], null],
	["null", null, null],
	["a text for a node", { "app/n1": "A" }, null],
	["a number as text", { "app/n1": { a: 1 } }, null],
])("a flush with warnings of the kind %s is read or refused", (_what, given, read) => {
	expect(readWarnings(given)).toEqual(read);
});
