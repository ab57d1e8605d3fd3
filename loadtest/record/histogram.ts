/**
 * A log-linear histogram of whole microseconds: exact below 256 µs, then 128 buckets for each power of two, so that
 * a quantile is off by at most 1/256 (0.4 %). Histograms merge exactly, by adding counts.
 */
import type { HistogramRecord } from "./result.ts";

const SUB_BUCKETS = 128;
const SUB_BITS = 7;
/** Values above this (71 minutes) are counted in the last bucket; max and sum stay exact. */
const HIGHEST = 0xffffffff;
const BUCKETS = (32 - SUB_BITS - 1) * SUB_BUCKETS + 2 * SUB_BUCKETS;

/** The largest relative error of a quantile: half a bucket, relative to its smallest value. */
export const ERROR_BOUND = 1 / (2 * SUB_BUCKETS);

/** The bucket of a whole number of microseconds. */
export function bucketOf(us: number): number {
	if (us < 2 * SUB_BUCKETS) return us < 0 ? 0 : us;
	const value = us > HIGHEST ? HIGHEST : us;
	const shift = 31 - Math.clz32(value) - SUB_BITS;
	return shift * SUB_BUCKETS + (value >>> shift);
}

/** The lowest value of a bucket, and how many whole values it spans. */
export function boundsOf(bucket: number): { lowest: number; width: number } {
	if (bucket < 2 * SUB_BUCKETS) return { lowest: bucket, width: 1 };
	const shift = Math.floor(bucket / SUB_BUCKETS) - 1;
	const width = 2 ** shift;
	return { lowest: (bucket - shift * SUB_BUCKETS) * width, width };
}

/** A mutable histogram; times in microseconds, fractions rounded. */
export class Histogram {
	readonly #counts = new Float64Array(BUCKETS);
	count = 0;
	min = Number.POSITIVE_INFINITY;
	max = 0;
	sum = 0;

	record(us: number): void {
		const value = us > 0 ? Math.round(us) : 0;
		const bucket = bucketOf(value);
		this.#counts[bucket] = this.#counts[bucket]! + 1;
		this.count += 1;
		this.sum += value;
		if (value < this.min) this.min = value;
		if (value > this.max) this.max = value;
	}

	/** Adds all values of `other`. */
	merge(other: Histogram): this {
		const counts = this.#counts;
		const added = other.#counts;
		for (let i = 0; i < BUCKETS; i++) counts[i] = counts[i]! + added[i]!;
		return this.#absorb(other.count, other.min, other.max, other.sum);
	}

	/** Adds a histogram of a result file. */
	mergeRecord(record: HistogramRecord): this {
		let bucket = 0;
		for (let i = 0; i + 1 < record.buckets.length; i += 2) {
			bucket += record.buckets[i]!;
			if (bucket >= BUCKETS) throw new RangeError(`bucket ${bucket} is not in a histogram of ${BUCKETS}`);
			this.#counts[bucket] = this.#counts[bucket]! + record.buckets[i + 1]!;
		}
		return this.#absorb(record.count, record.count > 0 ? record.min : this.min, record.max, record.sum);
	}

	#absorb(count: number, min: number, max: number, sum: number): this {
		this.count += count;
		this.sum += sum;
		this.min = Math.min(this.min, min);
		this.max = Math.max(this.max, max);
		return this;
	}

	/** The value (µs) that the share `q` (0 to 1) of all values does not exceed; NaN when empty. */
	quantile(q: number): number {
		if (this.count === 0) return Number.NaN;
		const rank = Math.min(this.count, Math.max(1, Math.ceil(q * this.count)));
		if (rank === 1) return this.min;
		if (rank === this.count) return this.max;
		let seen = 0;
		for (let bucket = 0; bucket < BUCKETS; bucket++) {
			seen += this.#counts[bucket]!;
			if (seen >= rank) return this.#middle(bucket);
		}
		return this.max;
	}

	#middle(bucket: number): number {
		const { lowest, width } = boundsOf(bucket);
		return Math.min(this.max, Math.max(this.min, lowest + (width - 1) / 2));
	}

	/** Mean in µs, exact; NaN when empty. */
	mean(): number {
		return this.count === 0 ? Number.NaN : this.sum / this.count;
	}

	/** The non-empty buckets in order: lowest value, values spanned, count. */
	*buckets(): Generator<{ lowest: number; width: number; count: number }> {
		for (let bucket = 0; bucket < BUCKETS; bucket++) {
			const count = this.#counts[bucket]!;
			if (count > 0) yield { ...boundsOf(bucket), count };
		}
	}

	toRecord(): HistogramRecord {
		const buckets: number[] = [];
		let before = 0;
		for (let bucket = 0; bucket < BUCKETS; bucket++) {
			const count = this.#counts[bucket]!;
			if (count === 0) continue;
			buckets.push(bucket - before, count);
			before = bucket;
		}
		const min = this.count === 0 ? 0 : this.min;
		return {
			unit: "us",
			subBuckets: SUB_BUCKETS,
			count: this.count,
			min,
			max: this.max,
			sum: this.sum,
			buckets,
		};
	}

	static fromRecord(record: HistogramRecord): Histogram {
		return new Histogram().mergeRecord(record);
	}
}
