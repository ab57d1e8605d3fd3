/** The end of a load run: its result is shown and saved, and decides the exit code. */
import { writeWhole } from "../../worker/command-line/files.ts";
import type { Group, Result } from "./result.ts";
import type { Verdict } from "./verdict.ts";

/** Shows and judges a run. The report does it, which these folders may not import. */
export interface Reporter {
	/** The report for stdout. */
	text(result: Result): string;
	/** The verdict, budgets included. */
	verdictOf(result: Result): Verdict;
}

/**
 * Makes a reporter before the run, which will measure these groups. Throws a UsageError when the budget file is
 * malformed or has a budget on something else.
 */
export type MakeReporter = (
	budgetFile: string | undefined,
	groups: readonly Pick<Group, "transport" | "path">[],
	/** The names of the timed steps of the run's flow. */
	steps: readonly string[],
) => Promise<Reporter>;

/** What happens to a finished run's result. */
export interface Delivery {
	readonly file: string;
	/** Print the file's JSON instead of the report. */
	readonly json: boolean;
	readonly reporter: Reporter;
	/** One line for stderr. */
	readonly say: (line: string) => void;
}

/** Writes a result file, whole or not at all. Throws a CommandError that names `--out`. */
export function saveResult(file: string, result: Result): Promise<void> {
	return writeWhole(file, `${JSON.stringify(result)}\n`);
}

/** Shows a result, then saves it: the figures stay on the screen even when the disk is full. Returns the verdict. */
export async function deliverResult(
	result: Result,
	{ file, json, reporter, say }: Delivery,
): Promise<Verdict> {
	process.stdout.write(json ? `${JSON.stringify(result)}\n` : reporter.text(result));
	await saveResult(file, result);
	say(`result: ${file}`);
	return reporter.verdictOf(result);
}

/** A result file named by the tool, what it ran, and the time. */
export function defaultFile(tool: string, what: string): string {
	return `reports/${tool}-${what.replace(/[^\w.-]+/g, "-")}-${new Date().toISOString().replace(/[:.]/g, "-")}.json`;
}
