/** The largest resident memory of a process within a span of time. */
import { readFile, writeFile } from "node:fs/promises";

const SAMPLE_INTERVAL_MS = 100;
const WARM_UP_REQUESTS = 300;
const WARM_UP_AT_ONCE = 8;
/** A batch of requests adds 12 MiB or more until the first collection, and hardly anything after it. */
const WARM_UP_GROWTH_MIB = 4;
const WARM_UP_LIMIT_MIB = 1000;

/**
 * Sends requests until the memory of the process stays as it is: a new V8 heap grows, here to about 210 MiB, before its
 * garbage is collected for the first time, and that growth would be taken for the attack's.
 */
export async function warmUp(pid: number, request: () => Promise<unknown>): Promise<void> {
	for (;;) {
		const before = await memoryOf(pid, "VmRSS");
		let left = WARM_UP_REQUESTS;
		const sender = async () => {
			while (left-- > 0) await request();
		};
		await Promise.all(Array.from({ length: WARM_UP_AT_ONCE }, sender));
		const after = await memoryOf(pid, "VmRSS");
		if (after - before < WARM_UP_GROWTH_MIB) return;
		if (!(after < WARM_UP_LIMIT_MIB)) throw new Error(`the edge takes ${after} MiB and still grows`);
	}
}

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
