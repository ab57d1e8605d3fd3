/** How much of the machine's processors k6 takes, looked at once a second. */
import { readFileSync } from "node:fs";

/** CPU seconds a process had used by `at` (epoch ms). */
export interface CpuReading {
	readonly at: number;
	readonly used: number;
}

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own tick (USER_HZ, proc(5)). */
const TICKS = 100;

/** Watches a process until `stop`, which returns the readings; none where there is no /proc. */
export function watchCpu(pid: number): { stop(): CpuReading[] } {
	const readings: CpuReading[] = [];
	const look = () => {
		const used = cpuSeconds(pid);
		if (used !== null) readings.push({ at: Date.now(), used });
	};
	look();
	const timer = setInterval(look, 1000);
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

/** User and system CPU seconds in a line of /proc/PID/stat; the name before them may hold anything but a newline. */
export function readStat(line: string): number {
	const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
	return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** The share of `cpus` processors used between two moments (epoch ms), 0 to 1; 0 where nothing is known. */
export function shareBetween(
	readings: readonly CpuReading[],
	from: number,
	to: number,
	cpus: number,
): number {
	const used = usedBy(readings, to) - usedBy(readings, from);
	return to > from ? Math.max(0, used / ((to - from) / 1000) / cpus) : 0;
}

/** CPU seconds used by a moment, on the straight line between the readings around it. */
function usedBy(readings: readonly CpuReading[], at: number): number {
	const after = readings.findIndex((reading) => reading.at >= at);
	const before = readings[after === -1 ? readings.length - 1 : after - 1];
	const next = readings[after];
	if (before === undefined) return next?.used ?? 0;
	if (next === undefined) return before.used;
	return before.used + ((next.used - before.used) * (at - before.at)) / (next.at - before.at);
}
