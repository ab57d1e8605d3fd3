/** `npm run report -- merge A.json B.json… --out F`: runs made at one time on several machines, as one. */
import { EXIT, newCommand } from "../../worker/command-line/command.ts";
import { mergeResults } from "../record/merge.ts";
import { saveResult } from "../record/save.ts";
import { loadRuns, type NamedRun } from "./readable.ts";
import { reportText } from "./text.ts";
import { validityOf } from "./validity.ts";

/** Adds the counts of all files, writes the result, and shows it: 0 = valid, 3 = invalid. */
export async function mergeCommand(argv: string[]): Promise<number> {
	const command = newCommand("merge", "Makes one result of several, exactly, by adding counts.")
		.argument("<results...>", "result files of one plan, each from a machine of its own")
		.requiredOption("--out <file>", "the result file to write");
	command.parse(argv, { from: "user" });
	const runs: NamedRun[] = [];
	for (const file of command.args) runs.push(...(await loadRuns(file)));
	const merged = mergeResults(runs);
	const { out } = command.opts<{ out: string }>();
	await saveResult(out, merged);
	process.stdout.write(reportText(merged));
	process.stderr.write(`written: ${out}\n`);
	return validityOf(merged).trust === "invalid" ? EXIT.invalid : EXIT.ok;
}
