/** The end of a load run: its result is shown and saved, and decides the exit code. */
import { EXIT } from "../../worker/command-line/command.ts";
import { writeWhole } from "../../worker/command-line/files.ts";
import type { Result } from "./result.ts";

/** How a result is shown on stdout: the report's own text, which these folders may not import. */
export type Show = (result: Result) => Promise<string>;

/** What happens to a finished run's result. */
export interface Delivery {
	readonly file: string;
	/** Print the file's JSON instead of the report. */
	readonly json: boolean;
	readonly show: Show;
	/** One line for stderr. */
	readonly say: (line: string) => void;
}

/** Writes a result file, whole or not at all. Throws a CommandError that names `--out`. */
export function saveResult(file: string, result: Result): Promise<void> {
	return writeWhole(file, `${JSON.stringify(result)}\n`);
}

/** Shows a result, then saves it: the figures stay on the screen even when the disk is full. */
export async function deliverResult(result: Result, { file, json, show, say }: Delivery): Promise<void> {
	process.stdout.write(json ? `${JSON.stringify(result)}\n` : await show(result));
	await saveResult(file, result);
	say(`result: ${file}`);
}

/** A result file named by the tool, what it ran, and the time. */
export function defaultFile(tool: string, what: string): string {
	return `reports/${tool}-${what}-${new Date().toISOString().replace(/[:.]/g, "-")}.json`;
}

/** 130 interrupted, 3 invalid, else 0. */
export function exitCodeOf(result: Pick<Result, "interrupted" | "validity">): number {
	if (result.interrupted) return EXIT.interrupted;
	return result.validity.valid ? EXIT.ok : EXIT.invalid;
}
