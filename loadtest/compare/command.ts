/** `npm run compare -- A.json… --against B.json…`: compares results and gives a verdict. */
import { InvalidArgumentError } from "commander";
import { EXIT, newCommand, UsageError } from "../../worker/command-line/command.ts";
import { METRICS, type Metric, metricNamed } from "../record/result.ts";
import { loadBudgets } from "../report/budgets/budget.ts";
import { addOutputFlags, type OutputFlags, writeOutput } from "../report/output.ts";
import { loadRuns } from "../report/readable.ts";
import { baselineFiles, checkBaselineName, saveBaseline } from "./baseline.ts";
import { type Comparison, compare, type Subject } from "./comparison.ts";
import { comparisonJson, comparisonJunit } from "./export.ts";
import { comparisonPage } from "./page.ts";
import { comparisonMarkdown, comparisonText } from "./text.ts";

const FORMATS = {
	text: comparisonText,
	markdown: comparisonMarkdown,
	html: comparisonPage,
	json: comparisonJson,
	junit: comparisonJunit,
};

interface Flags extends OutputFlags {
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
}

/** Runs the command. Returns 0 (decided), 1 (worse, or a budget missed), 3 (a run is invalid) or 4 (undecided). */
export async function compareCommand(argv: string[], _stop: AbortSignal): Promise<number> {
	const command = compareFlags();
	command.parse(argv, { from: "user" });
	const flags = command.opts<Flags>();
	if (flags.save !== undefined) checkBaselineName(flags.save);
	const subject = await subjectOf(flags);
	const candidate = await loadRuns(command.args);
	const comparison = compare({
		candidate,
		subject,
		metric: flags.metric,
		margin: flags.margin,
		primary: flags.primary,
		blocks: flags.blocks,
		budgets: flags.budget === undefined ? [] : await loadBudgets(flags.budget),
	});
	await writeOutput(comparison, FORMATS, flags);
	if (flags.save !== undefined) {
		await saveBaseline(flags.save, candidate);
		process.stderr.write(`saved as baseline ${flags.save}\n`);
	}
	return exitCodeOf(comparison);
}

function compareFlags() {
	const command = newCommand("compare", "Compares results: runs with other runs, or one path with another.")
		.argument("<results...>", "the new runs: result files, or HTML reports of them")
		.option("--against <results...>", "the base runs")
		.option("--baseline <name>", "the base runs, saved earlier with --save")
		.option("--path <name>", "one path of the runs, together with --against-path")
		.option("--against-path <name>", "the path to compare it with")
		.option("--metric <metric>", `the metric to compare: ${METRICS.join(", ")}, or step:NAME`, metric, "ack")
		.option("--margin <percent>", "smaller changes do not matter", percent, 0.1)
		.option("--primary <list>", 'the metrics that decide, such as "p50 websocket edge, p99 websocket edge"')
		.option("--blocks", "accept runs that did not take turns", false)
		.option("--budget <file>", "a file of limits, one per line")
		.option("--save <name>", "save the new runs as a baseline");
	return addOutputFlags(command, FORMATS);
}

async function subjectOf(flags: Flags): Promise<Subject> {
	const chosen = [flags.against, flags.baseline, flags.path ?? flags.againstPath].filter(
		(each) => each !== undefined,
	);
	if (chosen.length > 1)
		throw new UsageError("Give one of --against, --baseline and --path: each names the other side.");
	if (flags.against !== undefined) return { kind: "runs", base: await loadRuns(flags.against) };
	if (flags.baseline !== undefined)
		return { kind: "runs", base: await loadRuns(await baselineFiles(flags.baseline)) };
	if (flags.path === undefined && flags.againstPath === undefined) return { kind: "describe" };
	if (flags.path === undefined || flags.againstPath === undefined)
		throw new UsageError("--path and --against-path go together: name both paths.");
	return { kind: "path", path: flags.path, basePath: flags.againstPath };
}

/** Budgets alone decide the exit code of a description. */
export function exitCodeOf({
	gate,
	overall,
	budgets,
}: Pick<Comparison, "gate" | "overall" | "budgets">): number {
	const { verdict } = overall;
	if (verdict === "invalid") return EXIT.invalid;
	if (gate && verdict === "worse") return EXIT.failed;
	if (budgets.some((result) => result.verdict === "missed" && !result.indicative)) return EXIT.failed;
	if (budgets.some((result) => result.verdict === "unclear" || result.indicative)) return EXIT.inconclusive;
	const budgetsDecide = !gate && budgets.length > 0;
	const isUndecided = verdict === "unclear" || verdict === "indicative";
	return isUndecided && !budgetsDecide ? EXIT.inconclusive : EXIT.ok;
}

function metric(text: string): Metric {
	const named = metricNamed(text);
	if (named === undefined) throw new InvalidArgumentError(`Use one of: ${METRICS.join(", ")}, step:NAME.`);
	return named;
}

function percent(text: string): number {
	const value = Number(text.replace(/ ?%$/, ""));
	if (!Number.isFinite(value) || value < 0 || value > 1000 || text.trim() === "")
		throw new InvalidArgumentError("Give a percentage from 0 to 1000, such as 10.");
	return value / 100;
}
