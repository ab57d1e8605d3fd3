import { expect, test } from "vitest";
import { holm, metricsForRuns, runsForMetrics } from "../../../../loadtest/compare/statistics/holm.ts";
import { distributionOfU, leastP, mannWhitney } from "../../../../loadtest/compare/statistics/ranks.ts";

test("the exact p of fully separated sides is the smallest possible", () => {
	expect(mannWhitney([1, 2, 3], [4, 5, 6])).toBeCloseTo(0.1, 12);
	expect(mannWhitney([1, 2, 3, 4], [5, 6, 7, 8])).toBeCloseTo(2 / 70, 12);
	expect(mannWhitney([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toBeCloseTo(2 / 252, 12);
	expect(leastP(6, 6)).toBeCloseTo(2 / 924, 12);
});

test("the exact p agrees with R's wilcox.test on a worked example", () => {
	// wilcox.test(c(1.1,2.2,3.3,5.5,9.9), c(4.4,6.6,7.7,8.8,11)): W = 5, p-value = 0.1508
	expect(mannWhitney([1.1, 2.2, 3.3, 5.5, 9.9], [4.4, 6.6, 7.7, 8.8, 11])).toBeCloseTo(0.1508, 4);
});

test("with ties, p equals a count over all ways to divide the values", () => {
	const a = [1, 2, 2, 3];
	const b = [2, 3, 3, 4];
	expect(mannWhitney(a, b)).toBeCloseTo(dealtP(a, b), 12);
	expect(mannWhitney([5, 5, 5], [5, 5, 5])).toBe(1);
});

test("the distribution of U counts every order once and is symmetric", () => {
	const shares = distributionOfU(5, 5);
	expect(shares).toHaveLength(26);
	expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
	expect([...shares.slice(0, 4)].map((share) => Math.round(share * 252))).toEqual([1, 1, 2, 3]);
	expect(shares[3]).toBeCloseTo(shares[22] ?? 0, 12);
});

test("Holm multiplies the smallest p by the number of tests, the next by one fewer, and keeps the order", () => {
	const adjusted = holm([0.03, 0.01, 0.025]);
	[0.05, 0.03, 0.05].forEach((expected, at) => {
		expect(adjusted[at]).toBeCloseTo(expected, 12);
	});
	expect(holm([0.9, 0.8])).toEqual([1, 1]);
});

test("five runs per side are enough for three primary metrics, and more metrics need more runs", () => {
	expect(metricsForRuns(5)).toBe(3);
	expect([1, 2, 3, 4, 11, 12].map(runsForMetrics)).toEqual([5, 5, 5, 6, 6, 7]);
});

/** The definition: divide the pooled values in every way and count those at least as extreme. */
function dealtP(a: number[], b: number[]): number {
	const pooled = [...a, ...b];
	const sumOfRanks = (chosen: number[]) =>
		chosen.reduce((sum, at) => {
			const below = pooled.filter((value) => value < pooled[at]!).length;
			const equal = pooled.filter((value) => value === pooled[at]!).length;
			return sum + below + (equal + 1) / 2;
		}, 0);
	const middle = (a.length * (pooled.length + 1)) / 2;
	const seen = Math.abs(sumOfRanks(a.map((_, at) => at)) - middle);
	let all = 0;
	let extreme = 0;
	for (let mask = 0; mask < 2 ** pooled.length; mask++) {
		const chosen = pooled.flatMap((_, at) => (mask & (1 << at) ? [at] : []));
		if (chosen.length !== a.length) continue;
		all += 1;
		if (Math.abs(sumOfRanks(chosen) - middle) >= seen - 1e-9) extreme += 1;
	}
	return extreme / all;
}
