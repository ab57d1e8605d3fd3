/** Quantiles of a recorded histogram, given only where the sample supports them. */
import { Histogram } from "../../record/histogram.ts";
import type { HistogramRecord } from "../../record/result.ts";
import { milliseconds } from "./number.ts";

/** Quantiles the reports print, under their names in JSON and CSV. */
export const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const;
export type QuantileName = keyof typeof QUANTILES;
export const QUANTILE_NAMES = Object.keys(QUANTILES) as QuantileName[];

/** A quantile from 0 to 1 as people write it: 0.999 is "p99.9". */
export function quantileText(quantile: number): string {
	return `p${Number((quantile * 100).toFixed(6))}`;
}

/** The quantiles as people write them, for messages: "p50, p90, p95, p99, p99.9". */
export const QUANTILE_LIST = QUANTILE_NAMES.map((name) => quantileText(QUANTILES[name])).join(", ");

/** The name of a quantile written as "p99.9" or "p999"; undefined for anything else. */
export function quantileNamed(text: string): QuantileName | undefined {
	const name = text.replace(".", "");
	return QUANTILE_NAMES.find((each) => each === name);
}

/**
 * The smallest sample that supports a quantile from 0 to 1. With fewer values its distribution-free 95 %
 * interval (order statistics) has no upper end, so the figure would be the maximum under another name.
 * 6 for p50, 36 for p90, 72 for p95, 368 for p99, 3,688 for p99.9.
 */
export function sampleFor(quantile: number): number {
	return Math.ceil(Math.log(0.025) / Math.log(Math.max(quantile, 1 - quantile)));
}

/** A quantile in milliseconds, or null where the sample is too small for it. */
export function quantileMs(histogram: HistogramRecord, quantile: number): number | null {
	if (histogram.count < sampleFor(quantile)) return null;
	return milliseconds(Histogram.fromRecord(histogram).quantile(quantile));
}

/**
 * The 95 % interval of the median of `count` values by order statistics: how many of the sorted values to skip at
 * each end, and the true confidence. Few values reach less than 95 % even with none skipped.
 */
export function medianRanks(count: number): { skip: number; confidence: number } {
	let skip = 0;
	let outside = 2 ** -count;
	for (let at = 1, share = outside; at < count / 2; at++) {
		share = (share * (count - at + 1)) / at;
		if (2 * (outside + share) > 0.05) break;
		outside += share;
		skip = at;
	}
	return { skip, confidence: Math.max(0, 1 - 2 * outside) };
}
