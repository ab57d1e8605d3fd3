/** One `workerd serve` process: started, heard until it listens, stopped without orphans. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { CommandError } from "../command-line/command.ts";

const KILL_AFTER = 2000;

export interface Workerd {
	readonly pid: number;
	/** Ports by socket name, as they were bound. */
	readonly ports: ReadonlyMap<string, number>;
	/** Resolves when the process has ended, whoever ended it. */
	readonly ended: Promise<void>;
	/** TERM, then KILL after 2 s: a lone draining workerd takes connections it will never answer. */
	stop(): Promise<void>;
}

/** Starts it and resolves when each of `sockets` listens. `log` hears each line it prints. */
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
	// Until it listens its lines are kept for the error; from then on they are the log.
	const said: string[] = [];
	let hear = (line: string): void => {
		said.push(line);
	};
	for (const stream of [child.stdout, child.stderr])
		createInterface({ input: stream as Readable }).on("line", (line) => hear(line));
	// A command told twice to stop leaves at once; a draining workerd would outlive it by as long as its clients stay.
	const leave = () => child.kill("SIGKILL");
	process.once("exit", leave);
	const ended = once(child, "exit").then(() => {
		process.off("exit", leave);
	});
	const stop = () => stopChild(child, ended);
	try {
		const ports = await Promise.race([listening(child.stdio[3] as Readable, sockets), died(child, said)]);
		said.forEach(log);
		hear = log;
		return { pid: child.pid!, ports, ended, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

/** Reads the control pipe: one JSON line a socket that listens. */
async function listening(control: Readable, sockets: readonly string[]): Promise<Map<string, number>> {
	const ports = new Map<string, number>();
	for await (const line of createInterface({ input: control })) {
		const event = JSON.parse(line) as { event: string; socket: string; port: number };
		if (event.event === "listen") ports.set(event.socket, event.port);
		if (sockets.every((name) => ports.has(name))) return ports;
	}
	return new Promise(() => {}); // The pipe closed before all listened: `died` has the reason.
}

async function died(child: ChildProcess, said: readonly string[]): Promise<never> {
	const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
	throw new CommandError(
		`workerd ended at start (${signal ?? `exit ${code}`}): ${said.join(" ").slice(0, 400)}`,
	);
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	child.kill("SIGTERM");
	const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER);
	await ended;
	clearTimeout(timer);
}
