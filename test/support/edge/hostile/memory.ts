/** The largest resident memory of a process within a span of time. */
import { readFile, writeFile } from "node:fs/promises";

const SAMPLE_INTERVAL_MS = 100;

/**
 * Starts to watch; the function returned ends it and resolves with the peak in MiB. Where the kernel lets us, its
 * own peak (VmHWM) is reset and read (proc(5), clear_refs); else the samples of VmRSS decide.
 */
export async function watchMemory(pid: number): Promise<() => Promise<number>> {
	const canReset = await writeFile(`/proc/${pid}/clear_refs`, "5").then(
		() => true,
		() => false,
	);
	let highest = await memoryOf(pid, "VmRSS");
	const timer = setInterval(() => {
		void memoryOf(pid, "VmRSS").then((now) => {
			highest = Math.max(highest, now);
		});
	}, SAMPLE_INTERVAL_MS);
	return async () => {
		clearInterval(timer);
		return canReset ? memoryOf(pid, "VmHWM") : highest;
	};
}

/** MiB, from /proc/PID/status; NaN when the process has ended. */
async function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
	return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
}
