/** The k6 process: starting it, relaying its log, stopping it, and its exit code. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { CommandError } from "../../../worker/command-line/command.ts";
import { type CpuReading, watchCpu } from "./cpu.ts";

export interface K6Run {
	readonly file: string;
	readonly script: string;
	/** The file that k6 writes its samples to. */
	readonly samples: string;
	/** Seconds after which k6 is killed. */
	readonly limit: number;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Prints one line of k6's log: a warning, an error, a crossed threshold. */
	say(line: string): void;
}

/** How long k6 may take to write its samples after a first signal, before it is killed. */
const GRACE_MS = 10_000;

/** k6's own exit code (https://pkg.go.dev/go.k6.io/k6/v2/errext/exitcodes). */
const BAD_CONFIG = 104;

/** How a run ended. */
export interface K6End {
	/** k6's exit code; null when a signal ended it. */
	readonly code: number | null;
	/** The metrics whose thresholds were crossed, with their tags. */
	readonly crossed: readonly string[];
	/** Readings of its CPU time. */
	readonly cpu: readonly CpuReading[];
}

/** Whether k6 refused its options. */
export function isBadConfig({ code }: Pick<K6End, "code">): boolean {
	return code === BAD_CONFIG;
}

/**
 * Runs a script to its end. When `stop` is aborted, k6 still writes its samples. Throws a CommandError when k6
 * cannot be started.
 */
export async function runK6(run: K6Run, stop: AbortSignal): Promise<K6End> {
	const child = spawn(run.file, argumentsOf(run), {
		env: { ...process.env, ...run.env },
		stdio: ["ignore", "ignore", "pipe"],
		// Its own process group: otherwise a terminal's Ctrl-C would reach k6 twice, and the second one makes it drop its samples.
		detached: true,
	});
	const kill = () => child.kill("SIGKILL");
	let grace: NodeJS.Timeout | undefined;
	const interrupt = () => {
		child.kill("SIGINT");
		grace = setTimeout(kill, GRACE_MS);
	};
	// k6 waits for ever for a WebSocket handshake that the server never answers, and no signal but this ends it.
	const overdue = setTimeout(() => {
		run.say(`k6 has not ended after ${run.limit.toFixed(0)} s; killing it.`);
		kill();
	}, run.limit * 1000);
	process.once("exit", kill);
	stop.addEventListener("abort", interrupt, { once: true });
	if (stop.aborted) interrupt();
	const watch = watchCpu(child.pid ?? 0);
	try {
		const [code, crossed] = await Promise.all([ended(child, run.file), relay(child, run)]);
		return { code, crossed, cpu: watch.stop() };
	} finally {
		watch.stop();
		clearTimeout(grace);
		clearTimeout(overdue);
		process.off("exit", kill);
		stop.removeEventListener("abort", interrupt);
	}
}

/** Settings are passed by environment instead: every user of the machine can see arguments. */
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

/** Prints each message once: with a dead target k6 repeats it for every session. Returns the crossed thresholds' metrics. */
async function relay(child: ChildProcess, { say }: K6Run): Promise<string[]> {
	const printed = new Set<string>();
	const crossed = new Set<string>();
	for await (const line of createInterface({ input: child.stderr! })) {
		const text = readLog(line);
		if (text === null) continue;
		for (const metric of crossedIn(text)) crossed.add(metric);
		const message = text.replace(/\d+/g, "0");
		if (printed.has(message)) continue;
		printed.add(message);
		say(`k6: ${text}`);
	}
	return [...crossed];
}

/** The metrics whose thresholds a line of k6's log calls crossed; empty for any other line. */
export function crossedIn(text: string): string[] {
	const names = /thresholds on metrics '([^']+)' (?:have been|were) crossed/.exec(text)?.[1];
	return names?.split(/,\s*(?![^{]*\})/) ?? [];
}

/** k6 lists every timer of an interrupted iteration, which is of no use to a person who pressed Ctrl-C. */
const TIMER_STOPPED = /^set(Timeout|Interval) \d+ was stopped/;

/** A line of k6's log for people, or null when it only reports progress. */
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
