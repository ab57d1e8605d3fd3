/** The figures of a scenario that are not latencies of single messages, read from the load groups' histograms. */
import type { Activity } from "../plan/scenario.ts";
import { Histogram } from "./histogram.ts";
import { kneeOf, type Ramp } from "./knee.ts";
import type { Figure, Group } from "./result.ts";
import { driftOf, pointsOf } from "./steady.ts";

/**
 * The knee of a ramp, the recovery of a storm, the slopes of an echo, CPU by message. Figures are in
 * µs. A merge computes them again from what the machines' runs add up to; `outcomes` are the figures that do.
 */
export function figuresOf(
	groups: readonly Group[],
	{ activity, ...ramp }: Ramp & { activity: Activity },
	outcomes: readonly Figure[] = [],
): Figure[] {
	return groups.flatMap((group) => {
		const { transport, path } = group;
		const figure = (name: string, value: number, unit: string): Figure => ({
			...{ name, value, unit },
			...{ transport, path, combine: "derived" },
		});
		if (activity === "ramp") {
			const knee = kneeOf(group, ramp);
			return knee === null ? [] : [figure("knee", knee, "sessions/s")];
		}
		return [
			...recoveryOf(group).map(([name, us]) => figure(name, us, "us")),
			...slopesOf(group).map(([name, slope]) => figure(name, slope, "us/h")),
			...cpuByMessage(group, outcomes).map(([name, ms]) => figure(name, ms, "CPU ms")),
		];
	});
}

/** When half, 95 % and all of the lost sessions were back. */
function recoveryOf(group: Group): [name: string, us: number][] {
	const recover = group.metrics.recover?.histogram;
	if (recover === undefined) return [];
	const histogram = Histogram.fromRecord(recover);
	return [0.5, 0.95, 1].map((share) => [`recovered_${share * 100}`, histogram.quantile(share)]);
}

/** CPU milliseconds of a watched process in the load group's slots. */
export function cpuName(process: string): string {
	return `cpu_ms ${process}`;
}

function cpuByMessage({ transport, path, counts }: Group, outcomes: readonly Figure[]): [string, number][] {
	if (counts.received === 0) return [];
	return outcomes.flatMap((one): [string, number][] => {
		const process = one.name.slice(cpuName("").length);
		if (one.name !== cpuName(process) || one.transport !== transport || one.path !== path) return [];
		return [[`cpu_per_1000_messages ${process}`, (one.value / counts.received) * 1000]];
	});
}

/** Too short a run has no slope by the hour. */
const MIN_SLOPE_SECONDS = 60;

function slopesOf(group: Group): [name: string, slope: number][] {
	const windows = group.metrics.ack?.windows ?? [];
	if (windows.length < MIN_SLOPE_SECONDS) return [];
	return [0.5, 0.99].flatMap((quantile): [string, number][] => {
		const drift = driftOf(pointsOf(windows, quantile));
		return drift === null ? [] : [[`p${quantile * 100}_slope`, drift.slope * 3600]];
	});
}
