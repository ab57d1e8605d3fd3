/** `npm run report -- R.json` shows one result; `npm run report -- merge A.json B.json --out F` makes one of several. */
import { EXIT, newCommand } from "../../worker/command-line/command.ts";
import { mergeResults } from "../record/merge.ts";
import type { Result } from "../record/result.ts";
import { saveResult } from "../record/save.ts";
import { reportCsv, reportJson, reportJunit } from "./export.ts";
import { addOutputFlags, type OutputFlags, writeOutput } from "./output.ts";
import { reportPage } from "./page.ts";
import { loadRun, loadRuns } from "./readable.ts";
import { reportMarkdown, reportText } from "./text.ts";
import { validityOf } from "./validity.ts";

const FORMATS = {
	text: reportText,
	markdown: reportMarkdown,
	html: reportPage,
	json: reportJson,
	csv: reportCsv,
	junit: reportJunit,
};

/** Runs the command. Returns 0, or 3 for an invalid run, whose report is written all the same. */
export async function reportCommand(argv: string[], _stop: AbortSignal): Promise<number> {
	if (argv[0] === "merge") return mergeCommand(argv.slice(1));
	const command = newCommand(
		"report",
		"Shows one result file. `report merge A B --out F` merges several into one.",
	).argument("<result>", "a result file of npm run swarm or k6, or an HTML report of one");
	addOutputFlags(command, FORMATS).parse(argv, { from: "user" });
	const result = await loadRun(command.args[0] ?? "");
	await writeOutput(result, FORMATS, command.opts<OutputFlags>());
	return exitCodeOf(result);
}

/** Merges runs that several machines made at the same time, writes the result, and shows it. */
async function mergeCommand(argv: string[]): Promise<number> {
	const command = newCommand("merge", "Merges several results into one, exactly, by adding counts.")
		.argument("<results...>", "result files of the same plan, each from a different machine")
		.requiredOption("--out <file>", "the result file to write");
	command.parse(argv, { from: "user" });
	const merged = mergeResults(await loadRuns(command.args));
	const { out } = command.opts<{ out: string }>();
	await saveResult(out, merged);
	process.stdout.write(reportText(merged));
	process.stderr.write(`written: ${out}\n`);
	return exitCodeOf(merged);
}

function exitCodeOf(result: Result): number {
	return validityOf(result).trust === "invalid" ? EXIT.invalid : EXIT.ok;
}
