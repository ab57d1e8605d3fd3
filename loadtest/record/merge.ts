/** Merges the results of several machines with one plan: counts and histograms add up, nothing is averaged. */
import { randomUUID } from "node:crypto";
import { CommandError, EXIT } from "../../worker/command-line/command.ts";
import { differingField, mergedPlan, storedIn } from "../plan/stored-plan.ts";
import { bySecond } from "./generator.ts";
import { Histogram } from "./histogram.ts";
import {
	type Counts,
	type Group,
	type HistogramRecord,
	METRICS,
	type MetricRecord,
	type Result,
} from "./result.ts";
import { doubtsAbout, validity } from "./validity.ts";

/** A result and its file, for errors. */
export interface NamedResult {
	readonly name: string;
	readonly result: Result;
}

/** Merges results exactly. Throws a CommandError when there are fewer than two, or two of different plans. */
export function mergeResults(inputs: readonly NamedResult[]): Result {
	const [first, ...others] = inputs;
	if (first === undefined || others.length === 0)
		throw new CommandError("merge needs at least two result files; give one from each machine.", EXIT.usage);
	checkAlike(first, others);
	const results = inputs.map(({ result }) => result);
	const groups = groupNames(results).map((name) =>
		mergeGroups(results.flatMap((one) => one.groups.filter((group) => nameOf(group) === name))),
	);
	const generator = bySecond(results.flatMap((one) => one.generator));
	const plan = mergedPlan(
		[first.result.plan, ...others.map(({ result }) => result.plan)],
		results.map((one) => one.id),
	);
	const { tool } = first.result.environment;
	const { valid, flags } = validity(doubtsAbout({ tool, plan }, groups, generator));
	const crossedThresholds = [...new Set(results.flatMap((one) => one.crossedThresholds ?? []))];
	const id = randomUUID();
	return {
		...first.result,
		id,
		startedAt: results.map((one) => one.startedAt).sort()[0]!,
		series: { id, index: 1, of: 1 },
		plan,
		groups,
		generator,
		validity: {
			valid: valid && results.every((one) => one.validity.valid),
			flags,
		},
		...(crossedThresholds.length > 0 && { crossedThresholds }),
		interrupted: results.some((one) => one.interrupted),
	};
}

function checkAlike(first: NamedResult, others: readonly NamedResult[]): void {
	const seen = new Map([[first.result.id, first.name]]);
	for (const { name, result } of others) {
		const twin = seen.get(result.id);
		if (twin !== undefined)
			throw new CommandError(`${name} is the same run as ${twin}; give each run once.`, EXIT.usage);
		seen.set(result.id, name);
		const field = differingField(first.result.plan, result.plan, "merge");
		if (field === undefined) continue;
		const [here, there] = [result, first.result].map(({ plan }) => JSON.stringify(storedIn(plan, field)));
		throw new CommandError(
			`${name}: plan.${field} is ${here}, in ${first.name} it is ${there}; merge only runs of one plan.`,
			EXIT.usage,
		);
	}
}

function nameOf(group: Pick<Group, "transport" | "path">): string {
	return `${group.transport} ${group.path}`;
}

function groupNames(results: readonly Result[]): string[] {
	return [...new Set(results.flatMap(({ groups }) => groups.map(nameOf)))];
}

/** Machines measure at the same time: seconds do not add up, everything else does. */
function mergeGroups(groups: readonly Group[]): Group {
	const { transport, path } = groups[0]!;
	const counts = { ...groups[0]!.counts };
	for (const group of groups.slice(1))
		for (const field of Object.keys(counts) as (keyof Counts)[]) counts[field] += group.counts[field];
	const errors: Record<string, number> = {};
	for (const group of groups)
		for (const [kind, times] of Object.entries(group.errors)) errors[kind] = (errors[kind] ?? 0) + times;
	const metrics: Group["metrics"] = {};
	for (const metric of METRICS) {
		const records = groups.flatMap((group) => group.metrics[metric] ?? []);
		if (records.length > 0) metrics[metric] = mergeMetric(records);
	}
	return {
		transport,
		path,
		seconds: Math.max(...groups.map((group) => group.seconds)),
		counts,
		errors,
		metrics,
	};
}

function mergeMetric(records: readonly MetricRecord[]): MetricRecord {
	const seconds = new Map<number, HistogramRecord[]>();
	for (const { windows } of records)
		for (const { second, histogram } of windows)
			seconds.set(second, [...(seconds.get(second) ?? []), histogram]);
	const windows = [...seconds].sort((a, b) => a[0] - b[0]);
	return {
		histogram: mergeHistograms(records.map(({ histogram }) => histogram)),
		windows: windows.map(([second, histograms]) => ({ second, histogram: mergeHistograms(histograms) })),
	};
}

function mergeHistograms(records: readonly HistogramRecord[]): HistogramRecord {
	const whole = new Histogram();
	for (const record of records) whole.mergeRecord(record);
	return whole.toRecord();
}
