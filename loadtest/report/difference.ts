/** Whether one run can show that two groups differ: only by more than they scatter within the run itself. */
import { Histogram } from "../record/histogram.ts";
import type { Group, Metric, MetricRecord } from "../record/result.ts";
import { medianRanks, QUANTILES, type QuantileName, sampleFor } from "./quantile.ts";

/** With fewer blocks on each side even full separation is likely by chance (3 against 3: 1 in 10). */
const MIN_BLOCKS = 4;

/**
 * A difference is shown when the 95 % intervals of both groups do not overlap. The intervals come from blocks of
 * seconds, because messages of one second resemble each other. They cannot see what differs from run to run, so
 * even a difference that is shown is only indicative.
 */
export function isShown(one: Group, other: Group, name: QuantileName, metric: Metric = "ack"): boolean {
	const [a, b] = [intervalOf(one.metrics[metric], name), intervalOf(other.metrics[metric], name)];
	return a !== undefined && b !== undefined && (a.high < b.low || b.high < a.low);
}

/** The interval of a quantile's median over the blocks; undefined where there are too few blocks. */
function intervalOf(
	record: MetricRecord | undefined,
	name: QuantileName,
): { low: number; high: number } | undefined {
	const quantile = QUANTILES[name];
	const blocks = record === undefined ? [] : blocksOf(record, quantile);
	if (blocks.length < MIN_BLOCKS) return undefined;
	const values = blocks.map((block) => block.quantile(quantile)).sort((a, b) => a - b);
	const { skip } = medianRanks(values.length);
	return { low: values[skip]!, high: values.at(-1 - skip)! };
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
