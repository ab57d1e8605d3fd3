import { describe, expect, test } from "vitest";
import {
	chanceOfAtLeast,
	quantileRanks,
	shareInterval,
} from "../../../../loadtest/report/budgets/binomial.ts";
import { sampleFor } from "../../../../loadtest/report/values/quantile.ts";

/** The same chance by adding up terms, for small numbers. */
function summed(k: number, n: number, p: number): number {
	let term = (1 - p) ** n;
	let below = 0;
	for (let i = 0; i < k; i++) {
		below += term;
		term *= ((n - i) / (i + 1)) * (p / (1 - p));
	}
	return 1 - below;
}

describe("the binomial distribution", () => {
	test("equals the sum of its terms", () => {
		for (const n of [1, 2, 7, 40, 150])
			for (const p of [0.01, 0.3, 0.5, 0.95])
				for (let k = 0; k <= n; k++) expect(chanceOfAtLeast(k, n, p)).toBeCloseTo(summed(k, n, p), 10);
	});

	test("has its limits where a share is 0 or 1", () => {
		expect([chanceOfAtLeast(0, 5, 0), chanceOfAtLeast(1, 5, 0)]).toEqual([1, 0]);
		expect([chanceOfAtLeast(5, 5, 1), chanceOfAtLeast(6, 5, 1)]).toEqual([1, 0]);
	});

	test("stays exact for a hundred million values: the median is as likely above as below", () => {
		expect(chanceOfAtLeast(50_000_001, 1e8 + 1, 0.5)).toBeCloseTo(0.5, 6);
		// The normal approximation at two standard deviations.
		expect(chanceOfAtLeast(50_010_000, 1e8, 0.5)).toBeCloseTo(0.02275, 4);
	});
});

describe("the interval of a share (Clopper-Pearson)", () => {
	// Published values, as R's binom.test prints them.
	test.each([
		[0, 10, 0, 0.3085],
		[1, 10, 0.0025, 0.445],
		[5, 10, 0.1871, 0.8129],
		[10, 10, 0.6915, 1],
		[7, 100, 0.0286, 0.1389],
		[682, 925, 0.7077, 0.7654],
	])("of %i of %i is %d to %d", (k, n, low, high) => {
		const interval = shareInterval(k, n, 0.05);
		expect(interval.low).toBeCloseTo(low, 4);
		expect(interval.high).toBeCloseTo(high, 4);
	});

	test("misses the truth in at most 5 % of all samples, whatever the share", () => {
		for (const p of [0.001, 0.02, 0.3, 0.5, 0.99])
			for (const n of [5, 30, 200]) {
				let missed = 0;
				for (let k = 0; k <= n; k++) {
					const { low, high } = shareInterval(k, n, 0.05);
					if (p < low || p > high) missed += chanceOfAtLeast(k, n, p) - chanceOfAtLeast(k + 1, n, p);
				}
				expect(missed).toBeLessThanOrEqual(0.05);
			}
	});
});

describe("the ranks that enclose a quantile", () => {
	test.each([
		[0.5, 5, 0, 6],
		[0.5, 6, 1, 6],
		[0.5, 100, 40, 61],
		[0.99, 367, 359, 368],
		[0.99, 368, 360, 368],
	])("%d of %i values are %i and %i", (quantile, n, low, high) => {
		expect(quantileRanks(n, quantile, 0.05)).toEqual({ low, high });
	});

	test("have an upper end from the sample size on from which reports print the quantile", () => {
		for (const quantile of [0.5, 0.9, 0.95, 0.99, 0.999]) {
			const n = sampleFor(quantile);
			expect(quantileRanks(n, quantile, 0.05).high).toBeLessThanOrEqual(n);
			expect(quantileRanks(n - 1, quantile, 0.05).high).toBe(n);
		}
	});
});
