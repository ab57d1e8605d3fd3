import { expect, it } from "vitest";
import { COUNTED, WAIT_BUCKETS_MS } from "../../../worker/stats/counters.ts";
import { counted } from "../support/counted.ts";
import { exchangeOf, type Try } from "../support/exchanges.ts";

/** The buckets of the traffic's total, without those that have no count. */
function bucketsOf(kind: "post" | "poll" | "page", tries: readonly Try[]): Record<string, number> {
	const sums = counted(exchangeOf(kind, "passed", 200, tries))[kind === "page" ? "app_http" : "app_polling"]!;
	return Object.fromEntries(Object.entries(sums).filter(([name]) => name.startsWith("wait_le_")));
}

it.each<[tookMs: number, bucket: string | null]>([
	[0, "wait_le_5"],
	[5, "wait_le_5"],
	[6, "wait_le_10"],
	[10, "wait_le_10"],
	[11, "wait_le_25"],
	[26, "wait_le_50"],
	[51, "wait_le_100"],
	[101, "wait_le_250"],
	[251, "wait_le_1000"],
	[1000, "wait_le_1000"],
	[5000, "wait_le_5000"],
	[5001, null],
	[100_000, null],
	// The clock was set back while the request was on its way.
	[-40, "wait_le_5"],
])("an attempt of %d ms counts in the first bucket that holds it: %s", (tookMs, bucket) => {
	expect(bucketsOf("post", [[0, "ok", 200, tookMs]])).toEqual(bucket === null ? {} : { [bucket]: 1 });
});

it("each attempt of a request counts in its own bucket", () => {
	const tries: Try[] = [
		[0, "unreachable", 0, 3],
		[1, "ok", 200, 300],
	];
	expect(bucketsOf("page", tries)).toEqual({ wait_le_5: 1, wait_le_1000: 1 });
});

it("a held poll counts in no bucket", () => {
	expect(bucketsOf("poll", [[0, "ok", 200, 20]])).toEqual({});
});

it("there are eight buckets in ascending order, each with a counter", () => {
	expect(WAIT_BUCKETS_MS).toHaveLength(8);
	expect(WAIT_BUCKETS_MS.toSorted((a, b) => a - b)).toEqual([...WAIT_BUCKETS_MS]);
	expect(COUNTED.filter((name) => name.startsWith("wait_le_"))).toHaveLength(8);
});
