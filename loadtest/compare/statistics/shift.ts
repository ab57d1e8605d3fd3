/** The Hodges-Lehmann estimate of how far one set of runs lies above another, with its interval. */
import { medianOfSorted } from "../../record/median.ts";
import { medianRanks } from "../../report/values/quantile.ts";
import { distributionOfU } from "./ranks.ts";

/** An estimate and its interval; `confidence` is the true coverage of the interval, 0 to 1. */
export interface Interval {
	estimate: number;
	low: number;
	high: number;
	confidence: number;
}

/**
 * The median of all differences a − b, and the shifts that the Mann-Whitney test would not reject at 95 %.
 * With fewer than four runs per side no such interval exists: then it spans every difference.
 */
export function shiftOf(a: readonly number[], b: readonly number[]): Interval {
	const differences = a.flatMap((x) => b.map((y) => x - y)).sort((x, y) => x - y);
	const { skip, confidence } = skippedAtEachEnd(a.length, b.length);
	return {
		estimate: medianOfSorted(differences),
		low: differences[skip] ?? Number.NaN,
		high: differences[differences.length - 1 - skip] ?? Number.NaN,
		confidence,
	};
}

/** The same as a ratio a ÷ b, computed on logarithms; all values must be positive. */
export function ratioOf(a: readonly number[], b: readonly number[]): Interval {
	const { estimate, low, high, confidence } = shiftOf(a.map(Math.log), b.map(Math.log));
	return { estimate: Math.exp(estimate), low: Math.exp(low), high: Math.exp(high), confidence };
}

/** The median of the values and its interval by order statistics, at 95 % or as close as few values allow. */
export function medianInterval(values: readonly number[]): Interval {
	const sorted = [...values].sort((x, y) => x - y);
	const { skip, confidence } = medianRanks(sorted.length);
	return {
		estimate: medianOfSorted(sorted),
		low: sorted[skip] ?? Number.NaN,
		high: sorted[sorted.length - 1 - skip] ?? Number.NaN,
		confidence,
	};
}

/** The run-to-run noise: the pooled standard deviation of logarithms within the sides (0.03 = 3 %). */
export function noiseOf(...sides: (readonly number[])[]): number {
	let squares = 0;
	let freedom = 0;
	for (const side of sides) {
		const logs = side.map(Math.log);
		const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
		squares += logs.reduce((sum, value) => sum + (value - mean) ** 2, 0);
		freedom += logs.length - 1;
	}
	return freedom > 0 ? Math.sqrt(squares / freedom) : Number.NaN;
}

function skippedAtEachEnd(n: number, m: number): { skip: number; confidence: number } {
	const shares = distributionOfU(n, m);
	let skip = 0;
	let outside = 0;
	for (const share of shares) {
		if (2 * (outside + share) > 0.05) break;
		outside += share;
		skip += 1;
	}
	// The interval from the skip-th difference on leaves out U < skip at each end.
	return skip === 0
		? { skip: 0, confidence: Math.max(0, 1 - 2 * (shares[0] ?? 0)) }
		: { skip: skip - 1, confidence: 1 - 2 * outside };
}
