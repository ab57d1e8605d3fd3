/** Whether a figure drifted while it was measured: Theil–Sen slope, and whether it is more than chance. */

/** How a figure moved. */
export interface Drift {
	/** Median of the slopes between all pairs, per second. */
	readonly slope: number;
	/** Change over the whole time as a share of the median; 0.1 = 10 % more at the end. */
	readonly share: number;
	/** Mann–Kendall's z: beyond ±2.58 it is chance once in a hundred steady runs. */
	readonly z: number;
}

/** At most this many points enter; more are thinned evenly (all pairs are compared). */
const MOST_POINTS = 400;

/** The drift of `value` over `second`. Null below 8 points: too few to tell. */
export function driftOf(given: readonly { second: number; value: number }[]): Drift | null {
	if (given.length < 8) return null;
	const step = Math.ceil(given.length / MOST_POINTS);
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

function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
