/** A process of the matrix, with an explanation if it ends before the test ends it. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

export type CommandLine = readonly [program: string, ...args: string[]];

const STDERR_LINES = 12;

export class MatrixProcess {
	/** The lines of its stdout. */
	readonly lines: Interface;
	/** Resolves with the reason once it has ended; never if `kill` or `endInput` was called before. */
	readonly died: Promise<Error>;
	readonly #child: ChildProcessWithoutNullStreams;
	readonly #ended: Promise<void>;
	readonly #errors: string[] = [];
	#isEnding = false;

	constructor(name: string, [program, ...args]: CommandLine, env: NodeJS.ProcessEnv = process.env) {
		this.#child = spawn(program, args, { env, stdio: "pipe" });
		this.lines = createInterface(this.#child.stdout);
		createInterface(this.#child.stderr).on("line", (line) => this.#note(line));
		this.#child.on("error", (error) => this.#note(error.message));
		this.#child.stdin.on("error", () => {});
		const { promise, resolve } = Promise.withResolvers<Error>();
		this.died = promise;
		this.#ended = new Promise((ended) => {
			// "close" comes after the last line of stderr.
			this.#child.once("close", (code, signal) => {
				if (!this.#isEnding) resolve(new Error(`${name} ended (exit ${code ?? signal})${this.stderr}`));
				ended();
			});
		});
	}

	/** What it last wrote to stderr, as the end of a message. */
	get stderr(): string {
		return this.#errors.length === 0 ? "" : `; its stderr ends with:\n${this.#errors.join("\n")}`;
	}

	write(line: string): void {
		this.#child.stdin.write(`${line}\n`);
	}

	/** Resolves or rejects as `work` does; rejects as soon as the process has died. */
	orDeath<T>(work: Promise<T>): Promise<T> {
		return Promise.race([work, this.died.then((end) => Promise.reject(end))]);
	}

	/** kill -9; resolves when the process has ended. */
	async kill(): Promise<void> {
		this.#isEnding = true;
		this.#child.kill("SIGKILL");
		await this.#ended;
	}

	/** Ends its stdin, and kills it if that does not end it in time; resolves when it has ended. */
	async endInput(limitMs: number): Promise<void> {
		this.#isEnding = true;
		this.#child.stdin.end();
		const killer = setTimeout(() => this.#child.kill("SIGKILL"), limitMs);
		await this.#ended;
		clearTimeout(killer);
	}

	#note(line: string): void {
		this.#errors.push(line);
		if (this.#errors.length > STDERR_LINES) this.#errors.shift();
	}
}
