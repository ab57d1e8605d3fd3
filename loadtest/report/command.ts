/** `npm run report -- R.json` shows one result; `npm run report -- merge A.json B.json --out F` makes one of several. */
import { newCommand } from "../../worker/command-line/command.ts";
import { mergeResults } from "../record/merge.ts";
import type { Result } from "../record/result.ts";
import { saveResult } from "../record/save.ts";
import { exitCodeOf, verdictOf } from "../record/verdict.ts";
import { checkMeasured, loadBudgets } from "./budgets/budget.ts";
import { judgeRun } from "./budgets/judge.ts";
import type { BudgetResult } from "./budgets/result.ts";
import { reportCsv, reportJson, reportJunit } from "./export.ts";
import { addOutputFlags, type Formats, type OutputFlags, writeOutput } from "./output.ts";
import { reportPage } from "./page.ts";
import { loadRun, loadRuns } from "./readable.ts";
import { reportMarkdown, reportText } from "./text.ts";

/** A run and its judged budgets. */
interface Judged {
	readonly result: Result;
	readonly budgets: readonly BudgetResult[];
}

const FORMATS: Formats<Judged> = {
	text: ({ result, budgets }) => reportText(result, budgets),
	markdown: ({ result, budgets }) => reportMarkdown(result, budgets),
	html: ({ result, budgets }) => reportPage(result, budgets),
	json: ({ result, budgets }) => reportJson(result, budgets),
	csv: ({ result }) => reportCsv(result),
	junit: ({ result, budgets }) => reportJunit(result, budgets),
};

/** Runs the command. Returns the exit code that the run had, budgets included; the report is written all the same. */
export async function reportCommand(argv: string[], _stop: AbortSignal): Promise<number> {
	if (argv[0] === "merge") return mergeCommand(argv.slice(1));
	const command = newCommand(
		"report",
		"Shows one result file. `report merge A B --out F` merges several into one.",
	).argument("<result>", "a result file of npm run swarm or k6, or an HTML report of one");
	command.option("--budget <file>", "a file of limits, one per line, that the run must keep");
	addOutputFlags(command, FORMATS).parse(argv, { from: "user" });
	const flags = command.opts<OutputFlags & { budget?: string }>();
	const result = await loadRun(command.args[0] ?? "");
	const budgets = flags.budget === undefined ? [] : await loadBudgets(flags.budget);
	checkMeasured(budgets, result.groups);
	const judged = { result, budgets: judgeRun(budgets, result) };
	await writeOutput(judged, FORMATS, flags);
	return exitCodeOf(verdictOf(result, judged.budgets));
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
	return exitCodeOf(verdictOf(merged));
}
