/** `npm run compare -- A.json… --against B.json…`: results set against each other, with a verdict. */
import { InvalidArgumentError, Option } from "commander";
import { newCommand, UsageError } from "../../worker/command-line/command.ts";
import { deliver } from "../../worker/command-line/files.ts";
import { METRICS, type Metric } from "../record/result.ts";
import { formatOption } from "../report/command.ts";
import { loadRuns, type NamedRun } from "../report/readable.ts";
import { compare, type Subject } from "./assemble.ts";
import { baselineFiles, checkBaselineName, saveBaseline } from "./baseline.ts";
import { loadBudgets } from "./budget.ts";
import { exitCodeOf } from "./exit.ts";
import { COMPARISON_FORMATS, type ComparisonFormat, renderComparison } from "./render.ts";

interface Flags {
	against?: string[];
	baseline?: string;
	path?: string;
	againstPath?: string;
	metric: Metric;
	margin: number;
	primary?: string;
	blocks: boolean;
	budget?: string;
	save?: string;
	format: ComparisonFormat;
	out?: string;
}

/** Runs the command: 0 decided, 1 worse or budget missed, 3 an invalid run, 4 unclear or indicative. */
export async function compareCommand(argv: string[], _stop: AbortSignal): Promise<number> {
	const command = flagsOf();
	command.parse(argv, { from: "user" });
	const flags = command.opts<Flags>();
	if (flags.save !== undefined) checkBaselineName(flags.save);
	const subject = await subjectOf(flags);
	const candidate = await loadAll(command.args);
	const comparison = compare({
		candidate,
		subject,
		metric: flags.metric,
		margin: flags.margin,
		primary: flags.primary,
		blocks: flags.blocks,
		budgets: flags.budget === undefined ? [] : await loadBudgets(flags.budget),
	});
	await deliver(renderComparison(comparison, flags.format), flags.out);
	if (flags.save !== undefined) {
		await saveBaseline(flags.save, candidate);
		process.stderr.write(`kept as baseline ${flags.save}\n`);
	}
	return exitCodeOf(comparison);
}

function flagsOf() {
	return newCommand("compare", "Sets results against each other: runs against runs, or path against path.")
		.argument("<results...>", "the new runs: result files, or HTML reports of them")
		.option("--against <results...>", "the base runs")
		.option("--baseline <name>", "the base runs, kept earlier by --save")
		.option("--path <name>", "one path of the runs, with --against-path")
		.option("--against-path <name>", "the path it is set against")
		.addOption(new Option("--metric <metric>", "what to compare").choices(METRICS).default("ack"))
		.option("--margin <percent>", "a change below this does not matter", percent, 0.1)
		.option("--primary <list>", 'what decides, such as "p50 websocket edge, p99 websocket edge"')
		.option("--blocks", "accept runs that did not take turns", false)
		.option("--budget <file>", "limits to keep, one a line")
		.option("--save <name>", "keep the new runs as a baseline")
		.addOption(formatOption(COMPARISON_FORMATS))
		.option("--out <file>", "write there instead of to the terminal");
}

async function subjectOf(flags: Flags): Promise<Subject> {
	const chosen = [flags.against, flags.baseline, flags.path ?? flags.againstPath].filter(
		(each) => each !== undefined,
	);
	if (chosen.length > 1)
		throw new UsageError("Give one of --against, --baseline and --path: each names the other side.");
	if (flags.against !== undefined) return { kind: "runs", base: await loadAll(flags.against) };
	if (flags.baseline !== undefined)
		return { kind: "runs", base: await loadAll(await baselineFiles(flags.baseline)) };
	if (flags.path === undefined && flags.againstPath === undefined) return { kind: "describe" };
	if (flags.path === undefined || flags.againstPath === undefined)
		throw new UsageError("--path and --against-path go together: name both paths.");
	return { kind: "path", path: flags.path, basePath: flags.againstPath };
}

async function loadAll(files: readonly string[]): Promise<NamedRun[]> {
	const runs: NamedRun[] = [];
	for (const file of files) runs.push(...(await loadRuns(file)));
	return runs;
}

function percent(text: string): number {
	const value = Number(text.replace(/ ?%$/, ""));
	if (!Number.isFinite(value) || value < 0 || value > 1000 || text.trim() === "")
		throw new InvalidArgumentError("Give a percentage from 0 to 1000, such as 10.");
	return value / 100;
}
