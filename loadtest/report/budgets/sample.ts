/** What a budget is judged on: how many messages or sessions there were, and the times of those that were answered. */
import { activityOf, type PlanRecord } from "../../plan/stored-plan.ts";
import { Histogram } from "../../record/histogram.ts";
import type { Group } from "../../record/result.ts";
import { quantileRanks } from "./binomial.ts";
import type { Budget } from "./budget.ts";
import type { Estimate } from "./result.ts";

/** The measured values; what was never answered is in `total` and within no limit, however long. */
export interface Sample {
	readonly total: number;
	readonly answered: number;
	/** The `answered` shortest times of it count. */
	readonly times: Histogram;
}

/** Between how many of a sample are within a limit: a bucket of the histogram may straddle it. */
export interface Within {
	readonly least: number;
	readonly most: number;
}

/** A load group's sample for a budget; null when it was not measured. */
export function sampleOf(
	group: Group,
	{ measure, metric }: Pick<Budget, "measure" | "metric">,
	plan: PlanRecord,
): Sample | null {
	const { sent, lost } = group.counts;
	if (measure === "loss") return { total: sent, answered: sent - lost, times: new Histogram() };
	const record = group.metrics[metric]?.histogram;
	if (record === undefined) return null;
	const times = Histogram.fromRecord(record);
	const answered = times.count - (timesLost(metric, plan) ? Math.min(lost, times.count) : 0);
	return { total: times.count + unansweredBeside(group, metric, times.count), answered, times };
}

/** Whether the histogram has lost messages, with the ack timeout as their time. In `fanout` the lost are deliveries. */
function timesLost(metric: Budget["metric"], plan: PlanRecord): boolean {
	return (metric === "ack" || metric === "ack_service") && activityOf(plan) !== "fanout";
}

/** How many are missing from the histogram: sessions that did not open, or did not come back, messages that missed a recipient. */
function unansweredBeside(
	{ counts, errors, metrics }: Group,
	metric: Budget["metric"],
	timed: number,
): number {
	if (metric === "connect") return Math.max(0, counts.sessionsTried - timed);
	if (metric === "recover") return errors["not_back"] ?? 0;
	if (metric === "fanout_last") return Math.max(0, (metrics.fanout_first?.histogram.count ?? 0) - timed);
	return 0;
}

/** How many are within a limit, in milliseconds. */
export function within({ times, answered }: Sample, limitMs: number): Within {
	const limit = limitMs * 1000;
	if (times.count > 0 && times.max <= limit) return { least: answered, most: answered };
	let [least, most] = [0, 0];
	for (const { lowest, width, count } of times.buckets()) {
		if (lowest + width - 1 <= limit) least += count;
		if (lowest <= limit) most += count;
	}
	return { least: Math.min(least, answered), most: Math.min(most, answered) };
}

/** A quantile in milliseconds with its interval by order statistics. */
export function quantileOf(sample: Sample, quantile: number, alpha: number): Estimate {
	const { low, high } = quantileRanks(sample.total, quantile, alpha);
	return {
		estimate: valueAt(sample, Math.max(1, Math.ceil(quantile * sample.total))),
		low: low === 0 ? 0 : valueAt(sample, low),
		high: valueAt(sample, high),
	};
}

/** The value of a rank (from 1) in milliseconds; infinite for what was never answered. */
function valueAt({ times, answered }: Sample, rank: number): number {
	if (rank > answered) return Number.POSITIVE_INFINITY;
	return times.quantile((rank - 0.5) / times.count) / 1000;
}
