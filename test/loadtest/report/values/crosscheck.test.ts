/** Compares the report's quantiles with those of the HdrHistogram library on the same values. */
import { build } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { randomFrom } from "../../../../loadtest/plan/random.ts";
import { ERROR_BOUND, Histogram } from "../../../../loadtest/record/histogram.ts";
import { QUANTILE_NAMES, QUANTILES, quantileMs } from "../../../../loadtest/report/values/quantile.ts";
import { normal } from "../../../support/report/results.ts";

/** The relative error of three significant digits, as configured below. */
const HDR_ERROR = 0.001;

test.each([
	["sub-millisecond", 400, 0.5],
	["milliseconds with a long tail", 4000, 1.2],
	["seconds", 2_000_000, 0.3],
])("%s: p50 to p99.9 agree with HdrHistogram within the error of both", (_, median, spread) => {
	const random = randomFrom(median);
	const ours = new Histogram();
	const theirs = build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3, highestTrackableValue: 4e9 });
	for (let at = 0; at < 50_000; at++) {
		const value = Math.round(median * Math.exp(spread * normal(random)));
		ours.record(value);
		theirs.recordValue(value);
	}
	for (const name of QUANTILE_NAMES) {
		const expected = theirs.getValueAtPercentile(QUANTILES[name] * 100) / 1000;
		const found = quantileMs(ours.toRecord(), QUANTILES[name]) ?? Number.NaN;
		expect(Math.abs(found / expected - 1)).toBeLessThan(ERROR_BOUND + HDR_ERROR + 0.5 / (expected * 1000));
	}
});
