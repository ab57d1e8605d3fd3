/** Quantiles of a recorded histogram, given only where the sample carries them. */
import { Histogram } from "../record/histogram.ts";
import type { HistogramRecord } from "../record/result.ts";
import { milliseconds } from "./number.ts";

/** Quantiles the reports print, with the names scripts see. */
export const QUANTILES = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 } as const;
export type QuantileName = keyof typeof QUANTILES;
export const QUANTILE_NAMES = Object.keys(QUANTILES) as QuantileName[];

/**
 * The least sample for a quantile from 0 to 1: with fewer, its distribution-free 95 % interval (order
 * statistics) has no upper end, and what is printed would be the maximum in disguise. 6 for p50, 36 for
 * p90, 368 for p99, 3,688 for p99.9.
 */
export function sampleFor(quantile: number): number {
	return Math.ceil(Math.log(0.025) / Math.log(Math.max(quantile, 1 - quantile)));
}

/** A quantile in milliseconds, or null where the sample is too small for it. */
export function quantileMs(histogram: HistogramRecord, quantile: number): number | null {
	if (histogram.count < sampleFor(quantile)) return null;
	return milliseconds(Histogram.fromRecord(histogram).quantile(quantile));
}
