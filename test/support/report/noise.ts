/** Simulated runs with known true values: autocorrelated samples around the level of each run. */
import { randomFrom } from "../../../loadtest/plan/random.ts";
import { Histogram } from "../../../loadtest/record/histogram.ts";
import type { MetricRecord } from "../../../loadtest/record/result.ts";
import { normal } from "./results.ts";

/** How runs scatter. `between`: standard deviation of a run's log level (0.03 = 3 %). */
export interface Scatter {
	samples: number;
	between: number;
	/** Lag-1 autocorrelation from sample to sample; 0.21 was measured on real runs. */
	correlation: number;
	/** Standard deviation of one sample's logarithm. */
	within: number;
}

/** Including the sampling error of 6,000 messages, the p99 of such runs scatters by 3 %. */
export const SCATTER: Scatter = { samples: 6000, between: 0.024, correlation: 0.21, within: 0.35 };

/** p50 and p99 in microseconds of one run whose true level is `level` µs. */
export function runQuantiles(
	level: number,
	scatter: Scatter,
	random: () => number,
): { p50: number; p99: number } {
	const histogram = histogramOf(level, scatter, random);
	return { p50: histogram.quantile(0.5), p99: histogram.quantile(0.99) };
}

/** One run of 1 s windows with 100 samples each, in the format of a result file. */
export function runRecord(level: number, scatter: Scatter, seed: number): MetricRecord {
	const random = randomFrom(seed);
	const runLevel = level * Math.exp(scatter.between * normal(random));
	const windows = Array.from({ length: scatter.samples / 100 }, (_, second) => ({
		second,
		histogram: histogramOf(runLevel, { ...scatter, between: 0, samples: 100 }, random),
	}));
	const whole = new Histogram();
	for (const { histogram } of windows) whole.merge(histogram);
	return {
		histogram: whole.toRecord(),
		windows: windows.map(({ second, histogram }) => ({ second, histogram: histogram.toRecord() })),
	};
}

function histogramOf(level: number, scatter: Scatter, random: () => number): Histogram {
	const { samples, between, correlation, within } = scatter;
	const runLevel = level * Math.exp(between * normal(random));
	const fresh = Math.sqrt(1 - correlation ** 2);
	const histogram = new Histogram();
	let state = normal(random);
	for (let at = 0; at < samples; at++) {
		state = correlation * state + fresh * normal(random);
		histogram.record(runLevel * Math.exp(within * state));
	}
	return histogram;
}
