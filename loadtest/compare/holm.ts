/** Several tests at once: Holm's step-down adjustment, and how many runs so many tests need. */
import { leastP, waysToChoose } from "./ranks.ts";

/** The level at which a difference counts as real, for all primary metrics together. */
export const ALPHA = 0.05;
/** Runs on each side below which no verdict is given. */
export const LEAST_RUNS = 5;

/** Adjusted p values in the order given: each compares with ALPHA directly. */
export function holm(ps: readonly number[]): number[] {
	const order = ps.map((_, at) => at).sort((x, y) => ps[x]! - ps[y]!);
	const adjusted = new Array<number>(ps.length).fill(1);
	let least = 0;
	order.forEach((at, rank) => {
		least = Math.max(least, Math.min(1, ps[at]! * (ps.length - rank)));
		adjusted[at] = least;
	});
	return adjusted;
}

/**
 * The least runs on each side for so many primary metrics: a difference must still be found when one pair
 * of runs came out the wrong way round (the second least p), else one unlucky run decides. 5 runs carry 3.
 */
export function runsForMetrics(metrics: number): number {
	let runs = LEAST_RUNS;
	while (metrics * 2 * leastP(runs, runs) > ALPHA) runs += 1;
	return runs;
}

/** How many primary metrics so many runs on each side carry. */
export function metricsForRuns(runs: number): number {
	return Math.floor((ALPHA * waysToChoose(2 * runs, runs)) / 4);
}
