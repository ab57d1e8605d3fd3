/** Multiple tests: Holm's step-down adjustment, and how many runs a number of tests needs. */
import { leastP, waysToChoose } from "./ranks.ts";

/** The significance level of all primary metrics together. */
export const ALPHA = 0.05;
/** The fewest runs per side that support a verdict. */
export const LEAST_RUNS = 5;

/** Adjusted p values in the order given, each to be compared with ALPHA directly. */
export function holm(ps: readonly number[]): number[] {
	const order = ps.map((_, at) => at).sort((x, y) => ps[x]! - ps[y]!);
	const adjusted = new Array<number>(ps.length).fill(1);
	let smallest = 0;
	order.forEach((at, rank) => {
		smallest = Math.max(smallest, Math.min(1, ps[at]! * (ps.length - rank)));
		adjusted[at] = smallest;
	});
	return adjusted;
}

/**
 * The fewest runs per side for a number of primary metrics. A difference must still be found when one pair of
 * runs came out the wrong way round (the second smallest p), or a single unlucky run would decide. 5 runs are
 * enough for 3 metrics.
 */
export function runsForMetrics(metrics: number): number {
	let runs = LEAST_RUNS;
	while (metrics * 2 * leastP(runs, runs) > ALPHA) runs += 1;
	return runs;
}

/** How many primary metrics a number of runs per side is enough for. */
export function metricsForRuns(runs: number): number {
	return Math.floor((ALPHA * waysToChoose(2 * runs, runs)) / 4);
}
