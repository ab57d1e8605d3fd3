/**
 * Intervals where there are too few runs to test: a bootstrap that resamples whole seconds. Seconds, not
 * messages, because messages of one second resemble each other. Still only indicative: resampling cannot see
 * what differs from run to run.
 */
import { randomFrom } from "../../plan/random.ts";
import { Histogram } from "../../record/histogram.ts";
import type { MetricRecord } from "../../record/result.ts";
import type { Interval } from "./shift.ts";

const DRAWS = 400;
const SEED = 20_261_123;

/** The value of each quantile in each draw: [draw][quantile], in microseconds. */
export type Draws = number[][];

/** Draws runs, then seconds within each, with replacement; the same input gives the same draws. */
export function drawQuantiles(
	runs: readonly MetricRecord[],
	quantiles: readonly number[],
	salt: number,
): Draws {
	const random = randomFrom(SEED + salt);
	const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!;
	return Array.from({ length: DRAWS }, () => {
		const drawn = new Histogram();
		for (let run = 0; run < runs.length; run++) {
			const { windows } = pick(runs);
			for (let at = 0; at < windows.length; at++) drawn.mergeRecord(pick(windows).histogram);
		}
		return quantiles.map((quantile) => drawn.quantile(quantile));
	});
}

/** The 95 % interval of `of(candidate, base)` over paired draws of the quantile at `at`. */
export function drawnInterval(
	candidate: Draws,
	base: Draws,
	at: number,
	estimate: number,
	of: (candidate: number, base: number) => number,
): Interval {
	const values = candidate.map((row, draw) => of(row[at]!, base[draw]![at]!)).sort((x, y) => x - y);
	const low = values[Math.floor(0.025 * values.length)] ?? Number.NaN;
	const high = values[Math.ceil(0.975 * values.length) - 1] ?? Number.NaN;
	return { estimate, low, high, confidence: 0.95 };
}
