/** The share of the machine's processors that k6 uses, read once a second. */
import { readFileSync } from "node:fs";

/** CPU seconds a process had used by `at` (epoch ms). */
export interface CpuReading {
	readonly at: number;
	readonly used: number;
}

/** Linux reports CPU time in hundredths of a second, whatever the kernel's own tick (USER_HZ, proc(5)). */
const TICKS_PER_SECOND = 100;

/** Watches a process until `stop`, which returns the readings: none without /proc. */
export function watchCpu(pid: number): { stop(): CpuReading[] } {
	const readings: CpuReading[] = [];
	const read = () => {
		const used = cpuSeconds(pid);
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

function cpuSeconds(pid: number): number | null {
	try {
		return readStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return null;
	}
}

/** User and system CPU seconds in a line of /proc/PID/stat; the process name before them may contain any character but a newline. */
export function readStat(line: string): number {
	const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
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
