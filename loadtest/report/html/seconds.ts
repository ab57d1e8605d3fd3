/** A group's measured seconds, merged into as many bins as a chart can show. */
import { Histogram } from "../../record/histogram.ts";
import type { Group, Metric, Result } from "../../record/result.ts";
import { milliseconds, showCount, showMs } from "../values/number.ts";
import { sampleFor } from "../values/quantile.ts";
import { left, right, type Table } from "../values/table.ts";

/** One bin; times in milliseconds, null where it holds too few samples for the quantile. */
export interface Bin {
	/** The first second in it. */
	second: number;
	count: number;
	p10: number | null;
	p50: number | null;
	p90: number | null;
	p99: number | null;
	/** Messages that reached the ack time limit. */
	timedOut: number;
}

const MAX_BINS = 180;

/** Seconds per bin, the same for every group of the run. */
export function binWidth(result: Result): number {
	return Math.max(1, Math.ceil(secondsOf(result) / MAX_BINS));
}

/** How long the run measured in seconds, first to last, over all groups. */
export function secondsOf(result: Result): number {
	const windows = result.groups.flatMap((group) =>
		Object.entries(group.metrics).flatMap(([name, { windows }]) => (name === "opening" ? [] : windows)),
	);
	const last = windows.reduce((max, window) => Math.max(max, window.second), 0);
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
			count: histogram.count,
			p10: quantileIn(histogram, 0.1),
			p50: quantileIn(histogram, 0.5),
			p90: quantileIn(histogram, 0.9),
			p99: quantileIn(histogram, 0.99),
			timedOut: countAtLimit(histogram, limit),
		}));
}

/** Every bin of every group, in order of time: the figures behind the chart over time. */
export function secondsTable(result: Result): Table {
	const width = binWidth(result);
	const bins = result.groups.flatMap((group) =>
		binsOf(result, group).map((bin) => ({ ...bin, transport: group.transport, path: group.path })),
	);
	bins.sort((a, b) => a.second - b.second);
	return {
		caption:
			width === 1
				? "Every second: response time in milliseconds"
				: `Every ${width} seconds: response time in milliseconds`,
		columns: [
			right("second"),
			left("transport"),
			left("path"),
			right("acks"),
			...["p50", "p90", "p99"].map(right),
			right("timed out"),
		],
		cells: bins.map(({ second, transport, path, count, p50, p90, p99, timedOut }) => [
			width === 1 ? `${second}` : `${second}–${second + width - 1}`,
			transport,
			path,
			showCount(count),
			...[p50, p90, p99].map(showMs),
			showCount(timedOut),
		]),
		notes: [
			`n/a: too few acks in that time; p90 needs ${showCount(sampleFor(0.9))}, p99 ${showCount(sampleFor(0.99))}.`,
		],
	};
}

function quantileIn(histogram: Histogram, quantile: number): number | null {
	return histogram.count < sampleFor(quantile) ? null : milliseconds(histogram.quantile(quantile));
}

function countAtLimit(histogram: Histogram, limit: number): number {
	if (limit <= 0 || histogram.max < limit) return 0;
	let total = 0;
	for (const { lowest, width, count } of histogram.buckets()) if (lowest + width > limit) total += count;
	return total;
}
