/** One `workerd serve` process: started, awaited until it listens, stopped without orphans. */
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
	/** Resolves when the process has ended, for whatever reason. */
	readonly ended: Promise<void>;
	/** TERM, then KILL after 2 s: a draining workerd still accepts connections that it will never answer. */
	stop(): Promise<void>;
}

/** Starts the process and resolves when each of `sockets` listens. `log` gets each line it prints. */
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
	// Lines printed before it listens belong to the error if it fails to start, else to the log.
	const startLines: string[] = [];
	let onLine = (line: string): void => {
		startLines.push(line);
	};
	for (const stream of [child.stdout, child.stderr])
		createInterface({ input: stream as Readable }).on("line", (line) => onLine(line));
	// A second Ctrl-C ends the command at once; a draining workerd would live on until its clients leave.
	const kill = () => child.kill("SIGKILL");
	process.once("exit", kill);
	const ended = once(child, "exit").then(() => {
		process.off("exit", kill);
	});
	const stop = () => stopChild(child, ended);
	try {
		const ports = await Promise.race([
			listening(child.stdio[3] as Readable, sockets),
			failed(child, startLines),
		]);
		startLines.forEach(log);
		onLine = log;
		return { pid: child.pid!, ports, ended, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

/** Reads the control pipe: one JSON line for each socket that listens. */
async function listening(control: Readable, sockets: readonly string[]): Promise<Map<string, number>> {
	const ports = new Map<string, number>();
	for await (const line of createInterface({ input: control })) {
		const event = JSON.parse(line) as { event: string; socket: string; port: number };
		if (event.event === "listen") ports.set(event.socket, event.port);
		if (sockets.every((name) => ports.has(name))) return ports;
	}
	return new Promise(() => {}); // The pipe closed before all sockets listened; `failed` reports the reason.
}

async function failed(child: ChildProcess, lines: readonly string[]): Promise<never> {
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
