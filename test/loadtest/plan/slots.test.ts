import { expect, test } from "vitest";
import { slotsFor } from "../../../loadtest/plan/slots.ts";

test("one group is measured in one slot", () => {
	expect(slotsFor(1, 60)).toEqual({ slot: 60, order: [0] });
});

test("rounds go there and back, so that drift falls on all groups alike", () => {
	expect(slotsFor(2, 20).order).toEqual([0, 1, 1, 0]);
});

test.each([
	[2, 20],
	[8, 40],
	[3, 1],
	[5, 600],
])("%i groups share %i seconds to the last, each as often as another", (groups, duration) => {
	const { slot, order } = slotsFor(groups, duration);
	expect(slot * order.length).toBeCloseTo(duration, 9);
	const turns = Array.from({ length: groups }, (_, group) => order.filter((one) => one === group).length);
	expect(new Set(turns).size).toBe(1);
	expect(turns[0]! % 2).toBe(0);
});
