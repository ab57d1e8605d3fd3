/** A command of this project, run as a user runs it: in a process and a process group of its own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { vi } from "vitest";
import { PROJECT } from "../../../worker/command-line/project.ts";

export type Signal = "SIGINT" | "SIGTERM";

/** How a command ended. `code` is its exit code as a shell reports it: 128 + the signal's number after a signal. */
export interface Ended {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** The longest that starting or stopping everything may take. */
const LIMIT_MS = 20_000;

export class Command implements AsyncDisposable {
	readonly #child: ChildProcess;
	readonly #exit: Promise<number>;
	/** Output may still be in the pipes when the process has exited. */
	readonly #closed: Promise<unknown>;
	#stdout = "";
	#stderr = "";

	constructor(program: string, args: readonly string[]) {
		// With a process group of its own, every process that the command leaves can be found, whatever its parent is by then.
		this.#child = spawn(program, args, {
			cwd: PROJECT,
			detached: true,
			stdio: ["ignore", "pipe", "pipe"],
			env: ownEnvironment(),
		});
		this.#child.stdout!.setEncoding("utf8").on("data", (text) => {
			this.#stdout += text;
		});
		this.#child.stderr!.setEncoding("utf8").on("data", (text) => {
			this.#stderr += text;
		});
		this.#closed = once(this.#child, "close");
		this.#exit = once(this.#child, "exit").then(([code, signal]) => code ?? 128 + signalNumber(signal));
	}

	get pid(): number {
		return this.#child.pid!;
	}

	/** Waits for the first line on stdout that begins with `start`. */
	async line(start: string): Promise<string> {
		const found = () =>
			this.#stdout
				.split("\n")
				.slice(0, -1)
				.find((line) => line.startsWith(start));
		for (;;) {
			const line = found();
			if (line !== undefined) return line;
			const moreOutput = once(this.#child.stdout!, "data", { signal: AbortSignal.timeout(LIMIT_MS) });
			const ended = this.#exit.then((code) => {
				throw new Error(`ended with ${code} before "${start}": ${this.#stderr}`);
			});
			await Promise.race([moreOutput, ended]);
		}
	}

	/** Resolves when a process runs whose command line contains `part`. Rejects when the command ends before. */
	async untilRuns(part: string): Promise<void> {
		const child = this.#child;
		const isRunning = () => {
			if (this.processes().some((line) => line.includes(part))) return true;
			if (child.exitCode !== null || child.signalCode !== null) return false;
			throw new Error(`no process ${part} yet`);
		};
		if (!(await vi.waitFor(isRunning, { interval: 5, timeout: LIMIT_MS })))
			throw new Error(`ended before ${part} ran: ${this.#stderr}`);
	}

	/** The command lines of all its running processes. */
	processes(): string[] {
		return execFileSync("ps", ["-A", "-o", "pgid=,stat=,args="], { encoding: "utf8" })
			.split("\n")
			.map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line))
			.filter((row) => row !== null && Number(row[1]) === this.pid && !row[2]!.startsWith("Z"))
			.map((row) => row![3]!);
	}

	/** Sends a signal to the command's process alone, as `kill` does. */
	kill(signal: Signal): void {
		this.#child.kill(signal);
	}

	/** Sends a signal to every process of the group, as a terminal does on Ctrl-C. */
	killAll(signal: Signal): void {
		process.kill(-this.pid, signal);
	}

	/** Resolves when the command and all processes that it started have ended. */
	async ended(): Promise<Ended> {
		const code = await this.#exit;
		const empty = () => {
			const left = this.processes();
			if (left.length > 0) throw new Error(`still running: ${left.join("; ")}`);
		};
		await vi.waitFor(empty, { interval: 20, timeout: LIMIT_MS });
		await this.#closed;
		return { code, stdout: this.#stdout, stderr: this.#stderr };
	}

	/** Kills what is left, so that a failed test leaves no process. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (this.processes().length > 0) process.kill(-this.pid, "SIGKILL");
		await this.#exit;
	}
}

/** `npm run NAME -- ARGS`. */
export function npmRun(name: string, ...args: string[]): Command {
	return new Command("npm", ["run", name, "--", ...args]);
}

/** The same command without npm: it starts faster, and gets signals directly. */
export function nodeRun(script: string, ...args: string[]): Command {
	return new Command(process.execPath, [...script.split(" "), ...args]);
}

/** Waits for the command to end, and returns how it ended. */
export async function outcome(command: Command): Promise<Ended> {
	await using running = command;
	return await running.ended();
}

/** The environment without the variables of the test run's npm, so that the command does not act as a script of that npm. */
function ownEnvironment(): NodeJS.ProcessEnv {
	const kept = Object.entries(process.env).filter(
		([name]) => !/^(npm_|EDGE_|VITEST|NODE_ENV|DEBUG)/.test(name),
	);
	return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}

function signalNumber(signal: NodeJS.Signals): number {
	return constants.signals[signal];
}
