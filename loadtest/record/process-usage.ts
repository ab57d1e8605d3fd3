/** The CPU time and memory of a process: from /proc on Linux, from `ps` elsewhere (macOS, BSD). */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

/** What a process uses, without its child processes. */
export interface Usage {
	/** User and system CPU time since it started. Linux counts in hundredths of a second, as does macOS. */
	readonly cpuSeconds: number;
	readonly residentBytes: number;
}

/** Linux reports CPU time in hundredths of a second, whatever the kernel's own tick (USER_HZ, proc(5)). */
const TICKS_PER_SECOND = 100;

/** The memory of a process and the CPU time that it has used; null if it does not exist. */
export async function usageOf(pid: number): Promise<Usage | null> {
	return process.platform === "linux" ? usageFromProc(pid) : usageFromPs(pid);
}

function usageFromProc(pid: number): Usage | null {
	const status = textOf(`/proc/${pid}/status`);
	const cpuSeconds = procCpuSeconds(pid);
	// A process that has ended but was not waited for has no memory any more.
	const kib = status && /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
	return kib && cpuSeconds !== null ? { cpuSeconds, residentBytes: Number(kib) * 1024 } : null;
}

async function usageFromPs(pid: number): Promise<Usage | null> {
	try {
		const { stdout } = await promisify(execFile)("ps", ["-o", "time=,rss=", "-p", String(pid)]);
		return readPs(stdout);
	} catch {
		return null;
	}
}

/** CPU seconds that a process has used, from /proc; null without it. */
export function procCpuSeconds(pid: number): number | null {
	const line = textOf(`/proc/${pid}/stat`);
	return line === null ? null : readStat(line);
}

function textOf(file: string): string | null {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return null;
	}
}

/** User and system CPU seconds in a line of /proc/PID/stat; the process name before them may contain any character but a newline. */
export function readStat(line: string): number {
	const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/**
 * A line of `ps -o time=,rss=`: on macOS minutes, seconds and hundredths, with the locale's decimal mark
 * (`  0:00.03   2384`, `123:45,67 51200`); on Linux `[days-]hours:minutes:seconds`. Null for a process without memory.
 */
export function readPs(line: string): Usage | null {
	const [, time, kib] = /^\s*(\S+)\s+(\d+)\s*$/.exec(line) ?? [];
	const [, days = 0, hours = 0, minutes, seconds] =
		/^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(time?.replace(",", ".") ?? "") ?? [];
	if (minutes === undefined || Number(kib) === 0) return null;
	const cpuSeconds = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
	return { cpuSeconds, residentBytes: Number(kib) * 1024 };
}
