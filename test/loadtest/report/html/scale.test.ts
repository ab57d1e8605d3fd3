import { expect, test } from "vitest";
import { linearTicks, logAxis, logTicks, roundOut } from "../../../../loadtest/report/html/scale.ts";

test("ticks are round numbers, inside their range, and few", () => {
	expect(logTicks(0.5, 20)).toEqual([0.5, 1, 2, 5, 10, 20]);
	expect(logTicks(0.1, 10_000)).toEqual([0.1, 1, 10, 100, 1000, 10_000]);
	expect(linearTicks(0, 6.7, 8)).toEqual([0, 1, 2, 3, 4, 5, 6]);
	expect(linearTicks(0, 0, 5)).toEqual([0]);
	expect([roundOut(0.37, "below"), roundOut(0.37, "above"), roundOut(20, "above")]).toEqual([0.2, 0.5, 20]);
});

test("an axis over a narrow range has ticks between the powers of ten", () => {
	expect(logAxis([101, 103, 130])).toEqual({ domain: [100, 140], ticks: [100, 110, 120, 130, 140] });
	expect(logAxis([0.4, 18])).toEqual({ domain: [0.2, 20], ticks: [0.2, 0.5, 1, 2, 5, 10, 20] });
	const single = logAxis([5, 5]);
	expect(single.domain[0]).toBeLessThan(5);
	expect(single.domain[1]).toBeGreaterThanOrEqual(5);
	expect(single.ticks.length).toBeGreaterThan(1);
});
