import { expect, test } from "vitest";
import { medianInterval, noiseOf, ratioOf, shiftOf } from "../../../../loadtest/compare/statistics/shift.ts";
import { randomFrom } from "../../../../loadtest/plan/random.ts";
import { normal } from "../../../support/report/results.ts";

test("the estimate is the median of all differences, and five runs per side leave out two at each end", () => {
	const shift = shiftOf([11, 12, 13, 14, 15], [1, 2, 3, 4, 5]);
	expect(shift.estimate).toBe(10);
	// 25 differences 6…14; sorted, the third from each end is 7 and 13.
	expect([shift.low, shift.high]).toEqual([7, 13]);
	expect(shift.confidence).toBeCloseTo(1 - 2 * (4 / 252), 12);
});

test("three runs per side have no 95 % interval: it spans every difference and reports 90 %", () => {
	const shift = shiftOf([4, 5, 6], [1, 2, 3]);
	expect([shift.low, shift.high]).toEqual([1, 5]);
	expect(shift.confidence).toBeCloseTo(0.9, 12);
});

test("a ratio is a shift of logarithms: twice as slow is 2 at any scale", () => {
	const ratio = ratioOf([2, 4, 8, 16, 32], [1, 2, 4, 8, 16]);
	expect(ratio.estimate).toBeCloseTo(2, 12);
});

test("the interval of a median comes from order statistics and reports its true coverage", () => {
	expect(medianInterval([5, 1, 3, 2, 4])).toEqual({ estimate: 3, low: 1, high: 5, confidence: 0.9375 });
	const ten = medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
	expect([ten.low, ten.high]).toEqual([2, 9]);
	expect(ten.confidence).toBeCloseTo(0.9785, 4);
});

test("noise between runs is the spread within the sides, not the distance between them", () => {
	const random = randomFrom(7);
	const side = (level: number) => Array.from({ length: 400 }, () => level * Math.exp(0.16 * normal(random)));
	expect(noiseOf(side(1), side(3))).toBeCloseTo(0.16, 1);
	expect(noiseOf([2, 2], [9, 9])).toBe(0);
});

test("the interval of 5 against 5 runs covers the true shift as often as it claims", () => {
	const random = randomFrom(11);
	const draw = (level: number) => Array.from({ length: 5 }, () => level + normal(random));
	let covered = 0;
	for (let trial = 0; trial < 2000; trial++) {
		const shift = shiftOf(draw(3), draw(0));
		if (shift.low <= 3 && 3 <= shift.high) covered += 1;
	}
	expect(covered / 2000).toBeGreaterThan(0.955);
	expect(covered / 2000).toBeLessThan(0.98);
});
