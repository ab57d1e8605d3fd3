import { expect, test } from "vitest";
import { spreadLabels } from "../../../../loadtest/report/html/chart.ts";

test("labels are moved apart, keep their order and stay inside", () => {
	expect(spreadLabels([10, 12, 11], 17, 0, 100)).toEqual([10, 44, 27]);
	expect(spreadLabels([95, 96], 17, 0, 100)).toEqual([83, 100]);
});
