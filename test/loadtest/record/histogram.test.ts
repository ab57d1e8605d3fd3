import fc from "fast-check";
import { expect, test } from "vitest";
import { boundsOf, bucketOf, ERROR_BOUND, Histogram } from "../../../loadtest/record/histogram.ts";
import { histogramShape } from "../../../loadtest/record/result.ts";
import { validated } from "../../support/validated.ts";

function of(values: readonly number[]): Histogram {
	const histogram = new Histogram();
	for (const value of values) histogram.record(value);
	return histogram;
}

function exact(values: readonly number[], q: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
}

const times = fc.array(fc.integer({ min: 0, max: 600_000_000 }), { minLength: 1, maxLength: 400 });

test("every quantile lies within the error bound of the exact one", () => {
	fc.assert(
		fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
			const truth = exact(values, q);
			expect(Math.abs(of(values).quantile(q) - truth)).toBeLessThanOrEqual(truth * ERROR_BOUND);
		}),
	);
});

test("a bucket holds exactly the values between its bounds", () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
			const { lowest, width } = boundsOf(bucketOf(value));
			expect(value).toBeGreaterThanOrEqual(lowest);
			expect(value).toBeLessThan(lowest + width);
		}),
	);
});

test("merging halves gives the histogram of the whole", () => {
	fc.assert(
		fc.property(times, times, (left, right) => {
			expect(of(left).merge(of(right)).toRecord()).toEqual(of([...left, ...right]).toRecord());
		}),
	);
});

test("a record survives JSON and fits the schema", () => {
	fc.assert(
		fc.property(times, (values) => {
			const record = validated(histogramShape, JSON.parse(JSON.stringify(of(values).toRecord())));
			expect(Histogram.fromRecord(record).toRecord()).toEqual(of(values).toRecord());
		}),
	);
});

test("an empty histogram's quantile is NaN, not zero, and merging it changes nothing", () => {
	const empty = new Histogram();
	expect(empty.quantile(0.5)).toBeNaN();
	const some = of([5, 7]);
	expect(some.mergeRecord(empty.toRecord()).toRecord()).toEqual(of([5, 7]).toRecord());
});

test("a value beyond the last bucket keeps its exact maximum", () => {
	const longest = 2 ** 40;
	expect(of([1, longest]).quantile(1)).toBe(longest);
});
