/** Whether a figure drifted while it was measured: Theil–Sen slope and Mann–Kendall test. */
import { Histogram } from "./histogram.ts";
import { median } from "./median.ts";
import type { Window } from "./result.ts";

/** A figure in one second of measurement. */
export interface Point {
	readonly second: number;
	readonly value: number;
}

/** How a figure moved. */
export interface Drift {
	/** Median of the slopes between all pairs, per second. */
	readonly slope: number;
	/** Change over the whole time as a share of the median; 0.1 = 10 % more at the end. */
	readonly share: number;
	/** Mann–Kendall's z: a steady run exceeds ±2.58 once in a hundred times. */
	readonly z: number;
}

/** Fewer points say nothing. */
const MIN_POINTS = 8;
/** All pairs are compared: more points than these are thinned evenly. */
const MAX_POINTS = 400;

/** A quantile of each second, µs. */
export function pointsOf(windows: readonly Window[], quantile: number): Point[] {
	return windows.map(({ second, histogram }) => ({
		second,
		value: Histogram.fromRecord(histogram).quantile(quantile),
	}));
}

/** The drift of a figure; null when there are too few points to tell. */
export function driftOf(given: readonly Point[]): Drift | null {
	if (given.length < MIN_POINTS) return null;
	const step = Math.ceil(given.length / MAX_POINTS);
	const points = given.filter((_, i) => i % step === 0);
	const slopes: number[] = [];
	let rises = 0;
	for (let i = 0; i < points.length; i++)
		for (let j = i + 1; j < points.length; j++) {
			const rise = points[j]!.value - points[i]!.value;
			slopes.push(rise / (points[j]!.second - points[i]!.second));
			rises += Math.sign(rise);
		}
	const slope = median(slopes);
	const middle = median(points.map(({ value }) => value));
	const time = points.at(-1)!.second - points[0]!.second;
	const n = points.length;
	const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
	return { slope, share: middle === 0 ? 0 : (slope * time) / middle, z: rises / deviation };
}
