/** What every command of this project shares: exit codes, one-line errors, and stopping cleanly. */
import { setTimeout } from "node:timers/promises";
import { Command, CommanderError, InvalidArgumentError } from "commander";

/** Exit codes, the contract with scripts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, invalid: 3, inconclusive: 4, interrupted: 130 } as const;

/** Milliseconds between a signal's arrival at a command's child and at the command. */
const SIGNAL_LAG = 100;

/** An error meant for the person at the terminal: what is wrong, and how to mend it, in one line. */
export class CommandError extends Error {
	readonly exitCode: number;
	constructor(message: string, exitCode: number = EXIT.failed) {
		super(message);
		this.exitCode = exitCode;
	}
}

/** A bad flag or argument. */
export class UsageError extends CommandError {
	constructor(message: string) {
		super(message, EXIT.usage);
	}
}

/** A commander command whose errors are thrown as one line instead of ending the process. */
export function newCommand(name: string, description: string): Command {
	return new Command(name)
		.description(description)
		.exitOverride()
		.allowExcessArguments(false)
		.configureOutput({ writeErr: () => {} });
}

/** Parsers for commander options. Each throws with the range in its text. */
export function wholeNumber(least: number, most: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (!/^\d+$/.test(text) || value < least || value > most)
			throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
		return value;
	};
}

/** A port to listen on; 0 = any free one. */
export const port = wholeNumber(0, 65535);

/**
 * Runs a command's main function to its end and leaves with its exit code. SIGINT and SIGTERM abort
 * `stop`; main then ends what it started and returns. A second signal ends the process at once.
 */
export async function runCommand(main: (stop: AbortSignal) => Promise<number>): Promise<never> {
	const stop = new AbortController();
	let signals = 0;
	const onSignal = () => {
		signals += 1;
		if (signals > 1) process.exit(EXIT.interrupted);
		stop.abort();
	};
	process.on("SIGINT", onSignal);
	process.on("SIGTERM", onSignal);
	watchParent(() => stop.abort());
	let code: number;
	try {
		code = await main(stop.signal);
	} catch (error) {
		// Ctrl-C reaches a command's children as well: the death of one may be heard before the signal itself.
		if (!isUsage(error)) await Promise.race([aborted(stop.signal), setTimeout(SIGNAL_LAG)]);
		code = stop.signal.aborted ? EXIT.interrupted : report(error);
	}
	await flushed(process.stdout);
	process.exit(code);
}

/**
 * npm runs a script as sh → node and hands signals to the sh, which dies without passing them on. So under
 * npm, losing the parent is the signal; run by hand (nohup, systemd) a command outlives its shell as usual.
 */
function watchParent(lost: () => void): void {
	if (process.env["npm_lifecycle_event"] === undefined) return;
	const parent = process.ppid;
	const timer = setInterval(() => {
		if (process.ppid === parent) return;
		clearInterval(timer);
		lost();
	}, 200);
	timer.unref();
}

/** Resolves when `stop` is aborted. */
export function aborted(stop: AbortSignal): Promise<void> {
	if (stop.aborted) return Promise.resolve();
	return new Promise((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
}

function isUsage(error: unknown): boolean {
	return error instanceof CommanderError || error instanceof UsageError;
}

function report(error: unknown): number {
	if (error instanceof CommanderError) {
		if (error.exitCode === 0) return EXIT.ok;
		process.stderr.write(`${oneLine(error.message)} (--help lists the flags)\n`);
		return EXIT.usage;
	}
	if (error instanceof CommandError) {
		process.stderr.write(`error: ${error.message}\n`);
		return error.exitCode;
	}
	process.stderr.write(`error: ${error instanceof Error ? oneLine(error.message) : String(error)}\n`);
	if (process.env["DEBUG"] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
	return EXIT.failed;
}

function oneLine(text: string): string {
	return text.replace(/\s*\n\s*/g, " ").trim();
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
	return new Promise((resolve) => stream.write("", () => resolve()));
}
