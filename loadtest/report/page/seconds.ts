/** A group's measured seconds, merged into as many bins as a chart can show. */
import { Histogram } from "../../record/histogram.ts";
import type { Group, Metric, Result } from "../../record/result.ts";
import { milliseconds } from "../number.ts";
import { sampleFor } from "../quantile.ts";

/** One bin; times in milliseconds, null where it holds too few samples for the quantile. */
export interface Bin {
	second: number;
	p10: number | null;
	p50: number | null;
	p90: number | null;
	p99: number | null;
	/** Messages that hit the ack time limit. */
	timedOut: number;
}

const MOST_BINS = 180;

/** Seconds to a bin, the same for every group of the run. */
export function binWidth(result: Result): number {
	return Math.max(1, Math.ceil(secondsOf(result) / MOST_BINS));
}

/** Seconds the run measured, first to last, over all groups. */
export function secondsOf(result: Result): number {
	const windows = result.groups.flatMap((group) =>
		Object.values(group.metrics).flatMap((metric) => metric.windows),
	);
	const last = windows.reduce((most, window) => Math.max(most, window.second), 0);
	return Math.max(last, ...result.generator.map((window) => window.second)) + 1;
}

/** The bins of one group that hold samples, in order. */
export function binsOf(result: Result, group: Group, metric: Metric = "ack"): Bin[] {
	const width = binWidth(result);
	const limit = result.plan.ackTimeout * 1e6;
	const bins = new Map<number, Histogram>();
	for (const { second, histogram } of group.metrics[metric]?.windows ?? []) {
		const start = Math.floor(second / width) * width;
		bins.set(start, (bins.get(start) ?? new Histogram()).mergeRecord(histogram));
	}
	return [...bins]
		.sort(([a], [b]) => a - b)
		.map(([second, histogram]) => ({
			second,
			p10: at(histogram, 0.1),
			p50: at(histogram, 0.5),
			p90: at(histogram, 0.9),
			p99: at(histogram, 0.99),
			timedOut: atLimit(histogram, limit),
		}));
}

function at(histogram: Histogram, quantile: number): number | null {
	return histogram.count < sampleFor(quantile) ? null : milliseconds(histogram.quantile(quantile));
}

function atLimit(histogram: Histogram, limit: number): number {
	if (limit <= 0 || histogram.max < limit) return 0;
	let times = 0;
	for (const { lowest, width, count } of histogram.buckets()) if (lowest + width > limit) times += count;
	return times;
}
