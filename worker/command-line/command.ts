/** Shared by all commands: exit codes, one-line errors, and a clean stop. */
import { setTimeout } from "node:timers/promises";
import { Command, CommanderError, InvalidArgumentError } from "commander";

/** Exit codes, which scripts rely on. */
export const EXIT = { ok: 0, failed: 1, usage: 2, invalid: 3, inconclusive: 4, interrupted: 130 } as const;

/** Upper bound of how much later than its child processes a command gets a signal. */
const SIGNAL_LAG_MS = 100;
/** How often to check whether the parent is alive. */
const PARENT_CHECK_INTERVAL_MS = 200;

/** An error for the user: one line that says what is wrong and how to fix it. */
export class CommandError extends Error {
	readonly exitCode: number;
	constructor(message: string, exitCode: number = EXIT.failed) {
		super(message);
		this.exitCode = exitCode;
	}
}

/** An invalid flag or argument. */
export class UsageError extends CommandError {
	constructor(message: string) {
		super(message, EXIT.usage);
	}
}

/** A commander command that throws its errors instead of ending the process. */
export function newCommand(name: string, description: string): Command {
	return new Command(name)
		.description(description)
		.exitOverride()
		.allowExcessArguments(false)
		.configureOutput({ writeErr: () => {} });
}

/** Parser for a commander option: a whole number in a range. The error names the range. */
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
 * Runs a command's main function and exits with the code it returns. SIGINT and SIGTERM abort `stop`; main then
 * stops what it started and returns. A second signal ends the process at once.
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
		// Ctrl-C also reaches the child processes, and the exit of one may cause an error before the signal arrives here.
		if (!isUsage(error)) await Promise.race([aborted(stop.signal), setTimeout(SIGNAL_LAG_MS)]);
		code = stop.signal.aborted ? EXIT.interrupted : report(error);
	}
	await flushed(process.stdout);
	process.exit(code);
}

/**
 * npm runs a script as sh → node and sends signals to the sh, which ends without passing them on. Under npm the
 * loss of the parent therefore counts as a signal; run directly (nohup, systemd) a command outlives its shell.
 */
function watchParent(onLost: () => void): void {
	if (process.env["npm_lifecycle_event"] === undefined) return;
	const parent = process.ppid;
	const timer = setInterval(() => {
		if (process.ppid === parent) return;
		clearInterval(timer);
		onLost();
	}, PARENT_CHECK_INTERVAL_MS);
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
