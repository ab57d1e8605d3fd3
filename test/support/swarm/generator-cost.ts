/** The cost of a load generator: CPU of its whole process tree per acknowledgement of the target. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";

/** Linux counts in ticks of 10 ms (USER_HZ). */
const TICK_US = 10_000;

/** µs of CPU that a process and all its descendants have used. */
export async function cpuOfTree(root: number): Promise<number> {
	const children = new Map<number, number[]>();
	const used = new Map<number, number>();
	for (const entry of await readdir("/proc")) {
		if (!/^\d+$/.test(entry)) continue;
		const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		if (fields.length < 15) continue;
		used.set(Number(entry), (Number(fields[11]) + Number(fields[12])) * TICK_US);
		children.set(Number(fields[1]), [...(children.get(Number(fields[1])) ?? []), Number(entry)]);
	}
	let sum = 0;
	const left = [root];
	for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
		sum += used.get(pid) ?? 0;
		left.push(...(children.get(pid) ?? []));
	}
	return sum;
}

export interface Cost {
	/** Acknowledgements a second, as the server counted them. */
	readonly achieved: number;
	/** µs of the generator's CPU for each, start-up left out. */
	readonly cpuPerAck: number;
}

/**
 * Runs a generator and measures its CPU over `seconds`, from when the server has counted `warm` acknowledgements
 * (`counted` returns how many so far); then ends it.
 */
export async function costOfGenerator(
	command: readonly string[],
	counted: () => Promise<number>,
	warm: number,
	seconds: number,
): Promise<Cost> {
	const before = await counted();
	const child: ChildProcess = spawn(process.execPath, [...command], {
		stdio: "ignore",
		env: { ...process.env, ARTILLERY_DISABLE_TELEMETRY: "true" },
	});
	const ended = once(child, "exit");
	try {
		while ((await counted()) - before < warm) {
			if (child.exitCode !== null) throw new Error(`${command.join(" ")} ended before it was warm`);
			await pause(100);
		}
		const [acks, cpu, at] = [await counted(), await cpuOfTree(child.pid!), performance.now()];
		await pause(seconds * 1000);
		const [acksAfter, cpuAfter, after] = [await counted(), await cpuOfTree(child.pid!), performance.now()];
		return {
			achieved: (acksAfter - acks) / ((after - at) / 1000),
			cpuPerAck: (cpuAfter - cpu) / (acksAfter - acks),
		};
	} finally {
		child.kill("SIGTERM");
		await ended;
	}
}

/** The measurement is a span of time: there is no event to await. */
function pause(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
