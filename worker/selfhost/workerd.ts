/** One `workerd serve` process: starts it, waits until it listens, and stops it without leaving orphans. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { CommandError } from "../command-line/command.ts";

const KILL_AFTER_MS = 2000;

export interface Workerd {
	readonly pid: number;
	/** Bound ports by socket name. */
	readonly ports: ReadonlyMap<string, number>;
	/** Resolves when the process has ended, for any reason. */
	readonly ended: Promise<void>;
	/** Sends TERM, and KILL after 2 s: a draining workerd still accepts connections, but never answers them. */
	stop(): Promise<void>;
}

/** Starts the process and resolves when all `sockets` listen. `log` gets each line that the process prints. */
export async function startWorkerd(
	configFile: string,
	sockets: readonly string[],
	environment: Readonly<Record<string, string>>,
	log: (line: string) => void,
): Promise<Workerd> {
	const binary = createRequire(import.meta.url)("workerd").default as string;
	const child = spawn(binary, ["serve", configFile, "--control-fd=3"], {
		stdio: ["ignore", "pipe", "pipe", "pipe"],
		env: { ...environment },
	});
	// Lines printed before it listens become part of the error if it fails to start, else they go to the log.
	const startLines: string[] = [];
	let onLine = (line: string): void => {
		startLines.push(line);
	};
	for (const stream of [child.stdout, child.stderr])
		createInterface({ input: stream as Readable }).on("line", (line) => onLine(line));
	// A second Ctrl-C ends the command at once. A draining workerd would keep running until its clients leave.
	const kill = () => child.kill("SIGKILL");
	process.once("exit", kill);
	const ended = once(child, "exit").then(() => {
		process.off("exit", kill);
	});
	const stop = () => stopChild(child, ended);
	try {
		const ports = await Promise.race([
			readPorts(child.stdio[3] as Readable, sockets),
			startFailure(child, startLines),
		]);
		startLines.forEach(log);
		onLine = log;
		return { pid: child.pid!, ports, ended, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

/** Reads the bound ports from the control pipe: one JSON line for each socket that listens. */
async function readPorts(control: Readable, sockets: readonly string[]): Promise<Map<string, number>> {
	const ports = new Map<string, number>();
	for await (const line of createInterface({ input: control })) {
		const event = JSON.parse(line) as { event: string; socket: string; port: number };
		if (event.event === "listen") ports.set(event.socket, event.port);
		if (sockets.every((name) => ports.has(name))) return ports;
	}
	return new Promise(() => {}); // The pipe closed before all sockets listened; `startFailure` reports the reason.
}

/** Rejects when the process ends. */
async function startFailure(child: ChildProcess, lines: readonly string[]): Promise<never> {
	const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
	throw new CommandError(
		`workerd failed to start (${signal ?? `exit ${code}`}): ${lines.join(" ").slice(0, 400)}`,
	);
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	child.kill("SIGTERM");
	const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
	await ended;
	clearTimeout(timer);
}
