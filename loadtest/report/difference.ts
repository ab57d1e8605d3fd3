/** Whether one run can show that two groups differ: only by more than they scatter within the run itself. */
import { ERROR_BOUND, Histogram } from "../record/histogram.ts";
import type { Group, Metric, MetricRecord } from "../record/result.ts";
import { QUANTILES, type QuantileName, sampleFor } from "./quantile.ts";

const MIN_STANDARD_ERRORS = 3;
/** With fewer blocks a side there is no scatter to speak of. */
const MIN_BLOCKS = 3;

/**
 * The quantiles of both groups must lie more than three standard errors apart. The errors are estimated from
 * blocks of seconds, because messages of one second resemble each other. What differs from run to run stays
 * unseen, so even a difference that is shown is only indicative.
 */
export function isShown(one: Group, other: Group, name: QuantileName, metric: Metric = "ack"): boolean {
	const [a, b] = [one.metrics[metric], other.metrics[metric]];
	if (a === undefined || b === undefined) return false;
	const error = Math.hypot(standardError(a, QUANTILES[name]), standardError(b, QUANTILES[name]));
	const [first, second] = [a, b].map((each) =>
		Histogram.fromRecord(each.histogram).quantile(QUANTILES[name]),
	);
	return Math.abs(first! - second!) > MIN_STANDARD_ERRORS * error;
}

/** In microseconds, at least the histogram's own error; infinite where there are too few blocks. */
function standardError(record: MetricRecord, quantile: number): number {
	const values = blocksOf(record, quantile).map((block) => block.quantile(quantile));
	if (values.length < MIN_BLOCKS) return Number.POSITIVE_INFINITY;
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
	return Math.max(Math.sqrt(variance / values.length), mean * ERROR_BOUND);
}

/** Consecutive seconds merged into blocks, each just large enough for the quantile. */
function blocksOf({ windows }: MetricRecord, quantile: number): Histogram[] {
	const blocks: Histogram[] = [];
	let block = new Histogram();
	for (const { histogram } of windows) {
		block.mergeRecord(histogram);
		if (block.count < sampleFor(quantile)) continue;
		blocks.push(block);
		block = new Histogram();
	}
	return blocks;
}
