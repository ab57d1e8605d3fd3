/** A command of this project as a person runs it: a process of its own, in a process group of its own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { vi } from "vitest";
import { PROJECT } from "../../../worker/command-line/project.ts";

export type Signal = "SIGINT" | "SIGTERM";

/** How a command ended; `code` is what a shell sees, 128 + the number where a signal ended it. */
export interface Ended {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** What a machine may take to start or to stop everything, milliseconds. */
const LIMIT = 20_000;

export class Command implements AsyncDisposable {
	readonly #child: ChildProcess;
	readonly #exit: Promise<number>;
	/** What it wrote may still be in the pipes when it has exited. */
	readonly #closed: Promise<unknown>;
	#stdout = "";
	#stderr = "";

	constructor(program: string, args: readonly string[]) {
		// A group of its own: its number finds every process the command leaves, whoever its parent is by then.
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

	/** The first line on stdout that begins so. */
	async line(start: string): Promise<string> {
		const found = () =>
			this.#stdout
				.split("\n")
				.slice(0, -1)
				.find((line) => line.startsWith(start));
		for (;;) {
			const line = found();
			if (line !== undefined) return line;
			const heard = once(this.#child.stdout!, "data", { signal: AbortSignal.timeout(LIMIT) });
			const ended = this.#exit.then((code) => {
				throw new Error(`ended with ${code} before "${start}": ${this.#stderr}`);
			});
			await Promise.race([heard, ended]);
		}
	}

	/** Resolves when a process whose command line holds `part` runs; rejects when the command ends without. */
	async runs(part: string): Promise<void> {
		const child = this.#child;
		const seen = () => {
			if (this.processes().some((line) => line.includes(part))) return true;
			if (child.exitCode !== null || child.signalCode !== null) return false;
			throw new Error(`no process ${part} yet`);
		};
		if (!(await vi.waitFor(seen, { interval: 5, timeout: LIMIT })))
			throw new Error(`ended before ${part} ran: ${this.#stderr}`);
	}

	/** Command lines of all its living processes. */
	processes(): string[] {
		return execFileSync("ps", ["-A", "-o", "pgid=,stat=,args="], { encoding: "utf8" })
			.split("\n")
			.map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line))
			.filter((row) => row !== null && Number(row[1]) === this.pid && !row[2]!.startsWith("Z"))
			.map((row) => row![3]!);
	}

	/** To the process that was started alone, as `kill` sends it. */
	kill(signal: Signal): void {
		this.#child.kill(signal);
	}

	/** To every process of the group, as a terminal sends Ctrl-C. */
	killAll(signal: Signal): void {
		process.kill(-this.pid, signal);
	}

	/** Resolves when the command and every process it started are gone. */
	async ended(): Promise<Ended> {
		const code = await this.#exit;
		const empty = () => {
			const left = this.processes();
			if (left.length > 0) throw new Error(`still running: ${left.join("; ")}`);
		};
		await vi.waitFor(empty, { interval: 20, timeout: LIMIT });
		await this.#closed;
		return { code, stdout: this.#stdout, stderr: this.#stderr };
	}

	/** Nothing of a test that failed stays behind. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (this.processes().length > 0) process.kill(-this.pid, "SIGKILL");
		await this.#exit;
	}
}

/** `npm run NAME -- ARGS`. */
export function npmRun(name: string, ...args: string[]): Command {
	return new Command("npm", ["run", name, "--", ...args]);
}

/** The same without npm: quicker, and signals reach the command itself. */
export function nodeRun(script: string, ...args: string[]): Command {
	return new Command(process.execPath, [...script.split(" "), ...args]);
}

/** Runs to its end. */
export async function outcome(command: Command): Promise<Ended> {
	await using running = command;
	return await running.ended();
}

/** A command started by a test run must not take itself for a script of that run's npm. */
function ownEnvironment(): NodeJS.ProcessEnv {
	const kept = Object.entries(process.env).filter(
		([name]) => !/^(npm_|EDGE_|VITEST|NODE_ENV|DEBUG)/.test(name),
	);
	return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}

function signalNumber(signal: NodeJS.Signals): number {
	return constants.signals[signal];
}
