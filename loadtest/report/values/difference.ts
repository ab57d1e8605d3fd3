/** Whether one run can show that two groups differ: only by more than they scatter within the run itself. */
import { Histogram } from "../../record/histogram.ts";
import type { Group, Metric, MetricRecord } from "../../record/result.ts";
import { medianRanks, QUANTILES, type QuantileName, sampleFor } from "./quantile.ts";

/** With fewer blocks on each side even full separation is likely by chance (3 against 3: 1 in 10). */
const MIN_BLOCKS = 4;

/** Two runs of the same target easily differ by a few percent, which the seconds of one run cannot reveal. */
const MIN_RATIO = 1.1;

interface Interval {
	estimate: number;
	low: number;
	high: number;
}

/**
 * A difference is shown when it is at least 10 % and the 95 % intervals of both groups do not overlap. The
 * intervals come from blocks of seconds, because messages of one second resemble each other. A difference that is
 * shown is still only indicative.
 */
export function isShown(one: Group, other: Group, name: QuantileName, metric: Metric = "ack"): boolean {
	const [a, b] = [intervalOf(one.metrics[metric], name), intervalOf(other.metrics[metric], name)];
	if (a === undefined || b === undefined) return false;
	const [fast, slow] = a.estimate < b.estimate ? [a, b] : [b, a];
	return fast.high < slow.low && slow.estimate >= fast.estimate * MIN_RATIO;
}

/** A quantile with the interval of its median over the blocks; undefined where there are too few blocks. */
function intervalOf(record: MetricRecord | undefined, name: QuantileName): Interval | undefined {
	if (record === undefined) return undefined;
	const quantile = QUANTILES[name];
	const blocks = blocksOf(record, quantile);
	if (blocks.length < MIN_BLOCKS) return undefined;
	const values = blocks.map((block) => block.quantile(quantile)).sort((a, b) => a - b);
	const { skip } = medianRanks(values.length);
	const estimate = Histogram.fromRecord(record.histogram).quantile(quantile);
	return { estimate, low: values[skip]!, high: values.at(-1 - skip)! };
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
