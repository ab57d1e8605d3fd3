/** Merges the results of several machines with one plan: counts and histograms add up, and what follows is computed again. */
import { randomUUID } from "node:crypto";
import { CommandError, EXIT } from "../../worker/command-line/command.ts";
import { differenceOf, mergedPlan, missingMachines } from "../plan/alike.ts";
import { activityOf, storedIn } from "../plan/stored-plan.ts";
import { figuresOf } from "./figures.ts";
import { bySecond } from "./generator.ts";
import { Histogram } from "./histogram.ts";
import { mergedOutcomes } from "./outcomes.ts";
import {
	type Counts,
	type Flag,
	type Group,
	type HistogramRecord,
	type MetricRecord,
	metricsIn,
	type Result,
} from "./result.ts";
import { type Samples, withSamples } from "./tally.ts";
import { doubtsAbout, validity } from "./validity.ts";

/** A result and its file, for errors. */
export interface NamedResult {
	readonly name: string;
	readonly result: Result;
}

/**
 * Merges results exactly. Throws a CommandError when there are fewer than two, two of different plans, or not all
 * machines of a test.
 */
export function mergeResults(inputs: readonly NamedResult[]): Result {
	const [first, ...others] = inputs;
	if (first === undefined || others.length === 0)
		throw new CommandError("merge needs at least two result files; give one from each machine.", EXIT.usage);
	checkAlike(first, others);
	checkComplete(inputs);
	const results = inputs.map(({ result }) => result);
	const groups = groupNames(results).map((name) =>
		mergeGroups(results.flatMap((one) => one.groups.filter((group) => nameOf(group) === name))),
	);
	const generator = bySecond(results.flatMap((one) => one.generator));
	const opening = bySecond(results.flatMap((one) => one.opening ?? []));
	const plan = mergedPlan(
		[first.result.plan, ...others.map(({ result }) => result.plan)],
		results.map((one) => one.id),
	);
	const outcomes = mergedOutcomes(results.map((one) => one.outcomes ?? []));
	const measured = {
		activity: activityOf(plan),
		connectRate: Number(storedIn(plan, "connectRate")),
		slot: plan.slot,
		generator,
		share: 1,
	};
	const { tool } = first.result.environment;
	const recomputed = doubtsAbout({ tool, plan }, groups, generator, opening);
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
		...(opening.length > 0 && { opening }),
		outcomes: [...outcomes, ...figuresOf(groups, measured, outcomes)],
		validity: mergedValidity(recomputed, inputs),
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
	}
	for (const [at, one] of [first, ...others].entries())
		for (const other of [first, ...others].slice(at + 1)) checkPair(one, other);
}

/** All pairs are checked, because machines must differ from each other and not only from the first. */
function checkPair(one: NamedResult, other: NamedResult): void {
	const difference = differenceOf(one.result.plan, other.result.plan, "merge");
	if (difference === undefined) return;
	const { field, values } = difference;
	const fix =
		field === "machine" ? "merge one run from each machine of one test" : "merge only runs of one plan";
	throw new CommandError(
		`${other.name}: plan.${field} is ${values[1]}, in ${one.name} it is ${values[0]}; ${fix}.`,
		EXIT.usage,
	);
}

function checkComplete(inputs: readonly NamedResult[]): void {
	const [missing] = missingMachines(inputs.map(({ result }) => result.plan));
	if (missing === undefined) return;
	const files = inputs.map(({ name }) => name).join(", ");
	throw new CommandError(
		`the result of the test's machine ${missing} is missing beside ${files}; give one file from each machine.`,
		EXIT.usage,
	);
}

/**
 * The merged figures are judged anew. What a machine saw but figures do not show, such as a process that ended, and
 * why its run was invalid, stays true.
 */
function mergedValidity(recomputed: readonly Flag[], inputs: readonly NamedResult[]): Result["validity"] {
	const isKnown = ({ code, severity }: Flag) =>
		recomputed.some((flag) => flag.code === code && (severity !== "invalid" || flag.severity === "invalid"));
	const seen = inputs.flatMap(
		({ name, result: { environment, plan, groups, generator, opening, validity } }) => {
			const own = doubtsAbout({ tool: environment.tool, plan }, groups, generator, opening);
			return validity.flags
				.filter((flag) => flag.severity === "invalid" || !own.some(({ code }) => code === flag.code))
				.filter((flag) => !isKnown(flag))
				.map((flag) => ({ name, flag }));
		},
	);
	// What all machines saw is said once, without their names.
	const kept = [...Map.groupBy(seen, ({ flag }) => flag.message).values()].flatMap((same) =>
		same.length === inputs.length
			? [same[0]!.flag]
			: same.map(({ name, flag }) => ({ ...flag, message: `${name}: ${flag.message}` })),
	);
	const { valid, flags } = validity([...recomputed, ...kept]);
	return { valid: valid && inputs.every(({ result }) => result.validity.valid), flags };
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
	const samples = groups.reduce<Samples>((all, group) => withSamples(all, group.samples ?? {}), {});
	const metrics: Group["metrics"] = {};
	for (const metric of metricsIn(groups)) {
		const records = groups.flatMap((group) => group.metrics[metric] ?? []);
		if (records.length > 0) metrics[metric] = mergeMetric(records);
	}
	return {
		transport,
		path,
		seconds: Math.max(...groups.map((group) => group.seconds)),
		counts,
		errors,
		...(Object.keys(samples).length > 0 && { samples: samples as Record<string, string[]> }),
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
