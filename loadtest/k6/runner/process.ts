/** k6 as a process: started, listened to, ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { CommandError } from "../../../worker/command-line/command.ts";
import { type CpuReading, watchCpu } from "./cpu.ts";

export interface K6Run {
	readonly file: string;
	readonly script: string;
	/** Where k6 writes its samples. */
	readonly samples: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** One line that k6 has to say: a warning, an error, a threshold that was crossed. */
	say(line: string): void;
}

/** After a first signal k6 writes out what it has; past this many ms it is ended. */
const GRACE = 10_000;

/** How a run ended: k6's exit code, null when a signal ended it, and the CPU time it had used by and by. */
export interface K6End {
	readonly code: number | null;
	readonly cpu: readonly CpuReading[];
}

/**
 * Runs a script to its end. Aborting `stop` lets k6 finish its samples. Throws a CommandError when k6 cannot be
 * started.
 */
export async function runK6(run: K6Run, stop: AbortSignal): Promise<K6End> {
	const child = spawn(run.file, argumentsOf(run), {
		env: { ...process.env, ...run.env },
		stdio: ["ignore", "ignore", "pipe"],
		// A group of its own: a terminal's Ctrl-C would reach k6 twice, and the second makes it drop its samples.
		detached: true,
	});
	const kill = () => child.kill("SIGKILL");
	let grace: NodeJS.Timeout | undefined;
	const interrupt = () => {
		child.kill("SIGINT");
		grace = setTimeout(kill, GRACE);
	};
	process.once("exit", kill);
	stop.addEventListener("abort", interrupt, { once: true });
	if (stop.aborted) interrupt();
	const watch = watchCpu(child.pid ?? 0);
	try {
		const [code] = await Promise.all([ended(child, run.file), relay(child, run)]);
		return { code, cpu: watch.stop() };
	} finally {
		watch.stop();
		clearTimeout(grace);
		process.off("exit", kill);
		stop.removeEventListener("abort", interrupt);
	}
}

/** Settings go by environment, not here: arguments are seen by every user of the machine. */
function argumentsOf({ script, samples }: K6Run): string[] {
	const quiet = ["--quiet", "--summary-mode=disabled", "--no-usage-report", "--log-format=json"];
	return ["run", ...quiet, `--out=json=${samples}`, script];
}

async function ended(child: ChildProcess, file: string): Promise<number | null> {
	try {
		const [code] = (await once(child, "exit")) as [number | null];
		return code;
	} catch (error) {
		throw new CommandError(`${file} cannot be started (${(error as NodeJS.ErrnoException).code}).`);
	}
}

/** Each thing said once: a dead target makes k6 repeat itself for every session. */
async function relay(child: ChildProcess, { say }: K6Run): Promise<void> {
	const said = new Set<string>();
	for await (const line of createInterface({ input: child.stderr! })) {
		const text = readLog(line);
		const gist = text?.replace(/\d+/g, "0");
		if (text === null || said.has(gist!)) continue;
		said.add(gist!);
		say(`k6: ${text}`);
	}
}

/** An interrupted iteration's timers, one by one: nothing a person who pressed Ctrl-C must know. */
const TIMER_STOPPED = /^set(Timeout|Interval) \d+ was stopped/;

/** A line of k6's log for a person, or null when it only tells progress. */
export function readLog(line: string): string | null {
	let entry: { level?: string; msg?: string; error?: string };
	try {
		entry = JSON.parse(line);
	} catch {
		return line.trim() || null;
	}
	if (entry.level === "info" || entry.level === "debug" || !entry.msg || TIMER_STOPPED.test(entry.msg))
		return null;
	return [entry.msg, entry.error].filter(Boolean).join(": ").replace(/\s+/g, " ").trim();
}
