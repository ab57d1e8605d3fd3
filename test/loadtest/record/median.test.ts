import { expect, test } from "vitest";
import { median } from "../../../loadtest/record/median.ts";

test.each([
	[[3, 1, 2], 2],
	[[4, 1, 3, 2], 2.5],
	[[7], 7],
	[[], Number.NaN],
])("the median of %j is %d", (values, expected) => {
	expect(median(values)).toBe(expected);
});
