/** What a scenario found out, read off the groups' histograms. */
import { Histogram } from "./histogram.ts";
import type { Group, Outcome } from "./result.ts";
import { driftOf } from "./steady.ts";

/** The knee of a ramp, the recovery of a storm, the slope of an echo. Times in µs. */
export function outcomesOf(
	groups: readonly Group[],
	activity: string,
	connectRate: number,
	slot: number,
): Outcome[] {
	return groups.flatMap((group) => {
		const of = (name: string, value: number, unit: string): Outcome => ({
			name,
			value,
			unit,
			transport: group.transport,
			path: group.path,
		});
		if (activity === "ramp")
			return kneeOf(group, connectRate, slot).map((rate) => of("knee", rate, "sessions/s"));
		const recover = group.metrics.recover?.histogram;
		const back = recover ? Histogram.fromRecord(recover) : null;
		return [
			...(back ? [0.5, 0.95, 1].map((q) => of(`recovered_${q * 100}`, back.quantile(q), "us")) : []),
			...slopesOf(group).map(([name, slope]) => of(name, slope, "us/h")),
		];
	});
}

/** Opening is slow when its p50 is twice that of the first third, by more than a millisecond. */
const SLOW = 2;

/** The rate at which opening sessions became slow for good; none when it never did. */
export function kneeOf(group: Group, connectRate: number, slot: number): number[] {
	const windows = group.metrics.connect?.windows ?? [];
	const medians = windows.map(({ second, histogram }) => ({
		second,
		p50: Histogram.fromRecord(histogram).quantile(0.5),
	}));
	const calm = medians
		.slice(0, Math.max(1, Math.floor(medians.length / 3)))
		.map(({ p50 }) => p50)
		.sort((a, b) => a - b);
	const usual = calm[Math.floor(calm.length / 2)];
	if (usual === undefined) return [];
	const slow = ({ p50 }: { p50: number }) => p50 > usual * SLOW && p50 > usual + 1000;
	const last = medians.findLastIndex((window) => !slow(window));
	const knee = medians[last + 1];
	if (knee === undefined) return [];
	const first = medians[0]!.second;
	return [(connectRate * (knee.second - first)) / slot];
}

/** Slopes of p50 and p99 over at least a minute. */
function slopesOf(group: Group): [string, number][] {
	const windows = group.metrics.ack?.windows ?? [];
	if (windows.length < 60) return [];
	const histograms = windows.map(({ second, histogram }) => ({
		second,
		histogram: Histogram.fromRecord(histogram),
	}));
	return [0.5, 0.99].flatMap((q): [string, number][] => {
		const drift = driftOf(
			histograms.map(({ second, histogram }) => ({ second, value: histogram.quantile(q) })),
		);
		return drift === null ? [] : [[`p${q * 100}_slope`, drift.slope * 3600]];
	});
}
