/** The share of the machine's processors that k6 uses, read once a second. */
import { procCpuSeconds } from "../../record/process-usage.ts";

/** CPU seconds a process had used by `at` (epoch ms). */
export interface CpuReading {
	readonly at: number;
	readonly used: number;
}

/** Watches a process until `stop`, which returns the readings: none without /proc. */
export function watchCpu(pid: number): { stop(): CpuReading[] } {
	const readings: CpuReading[] = [];
	const read = () => {
		const used = procCpuSeconds(pid);
		if (used !== null) readings.push({ at: Date.now(), used });
	};
	read();
	const timer = setInterval(read, 1000);
	return {
		stop() {
			clearInterval(timer);
			return readings;
		},
	};
}

/** The share of `cpus` processors used between two times (epoch ms), 0 to 1; 0 without readings. */
export function shareBetween(
	readings: readonly CpuReading[],
	from: number,
	to: number,
	cpus: number,
): number {
	const used = usedBy(readings, to) - usedBy(readings, from);
	return to > from ? Math.max(0, used / ((to - from) / 1000) / cpus) : 0;
}

/** CPU seconds used by a given time, interpolated between the readings around it. */
function usedBy(readings: readonly CpuReading[], at: number): number {
	const after = readings.findIndex((reading) => reading.at >= at);
	const before = readings[after === -1 ? readings.length - 1 : after - 1];
	const next = readings[after];
	if (before === undefined) return next?.used ?? 0;
	if (next === undefined) return before.used;
	return before.used + ((next.used - before.used) * (at - before.at)) / (next.at - before.at);
}
