/** Writing a result file: whole or not at all. */
import { writeWhole } from "../../worker/command-line/files.ts";
import type { Result } from "./result.ts";

/** Throws a CommandError that names `--out`. */
export function saveResult(file: string, result: Result): Promise<void> {
	return writeWhole(file, `${JSON.stringify(result)}\n`);
}
