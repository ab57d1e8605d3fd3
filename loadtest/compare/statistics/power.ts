/** How many runs a comparison needs, from the noise between runs. */
import { LEAST_RUNS } from "./holm.ts";

/** Above this many runs per side the advice is to lower the noise instead. */
export const MOST_RUNS = 200;

/** Normal quantiles of 97.5 % (two-sided 5 %) and 90 % (the power). */
const Z_ALPHA = 1.96;
const Z_POWER = 1.2816;
/** The rank test's efficiency against the t test on normal data (3/π). */
const EFFICIENCY = 3 / Math.PI;

/**
 * Runs per side for a 90 % chance that the interval of the ratio does not include the nearest edge of the
 * margin. `noise` is the standard deviation of the logarithm between runs (0.16 = 16 %), `ratio` the true
 * ratio, `margin` 0.1 = 10 %. Infinity when the ratio lies exactly on the edge.
 */
export function runsNeeded(noise: number, ratio: number, margin: number): number {
	const gap = Math.abs(Math.abs(Math.log(ratio)) - Math.log(1 + margin));
	const runs = (2 * ((Z_ALPHA + Z_POWER) * noise) ** 2) / EFFICIENCY / gap ** 2;
	return Math.max(LEAST_RUNS, Math.ceil(runs) + 1);
}
