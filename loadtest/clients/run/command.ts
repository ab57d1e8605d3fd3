/** `npm run swarm`: load runs from flags to result files. */
import { randomUUID } from "node:crypto";
import { extname } from "node:path";
import { type CommandError, EXIT, UsageError } from "../../../worker/command-line/command.ts";
import { checkWritable } from "../../../worker/command-line/files.ts";
import { type Flags, readFlags } from "../../plan/flags.ts";
import { stepNames } from "../../plan/flow.ts";
import { newRunId, type Plan, type PlanOptions, planFrom } from "../../plan/plan.ts";
import { refuseProxy } from "../../plan/proxy.ts";
import { loadScenario } from "../../plan/scenarios.ts";
import type { Result } from "../../record/result.ts";
import {
	defaultFile,
	deliverResult,
	type MakeReporter,
	type Reporter,
	saveResult,
} from "../../record/save.ts";
import { exitCodeOf, type Verdict, worstOf } from "../../record/verdict.ts";
import { onStrayError } from "../client/own-code.ts";
import { type Screen, screenOn } from "../view/screen.ts";
import { calibrateCommand } from "./calibrate.ts";
import { checkCommand } from "./check-command.ts";
import { describePlan } from "./plan-text.ts";
import type { Series } from "./recorder.ts";
import { runSwarm } from "./run.ts";

/** Runs the command. Throws UsageError, CommandError; returns the exit code. */
export async function swarmCommand(
	argv: string[],
	stop: AbortSignal,
	makeReporter: MakeReporter,
): Promise<number> {
	if (argv[0] === "check") return checkCommand(argv.slice(1), stop);
	if (argv[0] === "calibrate") return calibrateCommand(argv.slice(1), stop);
	const { options, output } = readFlags(argv);
	const { json, repeat } = output;
	const withCode = await withScenario(options);
	const plan = planFrom(withCode);
	if (repeat > 1 && plan.startAt > 0)
		throw new UsageError(`--repeat ${repeat}: --start-at is the start of one run; leave out one of them.`);
	refuseProxy(plan.paths, process.env);
	const groups = plan.groups.map(({ transport, path }) => ({ transport, path: path.name }));
	const reporter = await makeReporter(output.budget, groups, stepsOf(withCode));
	const file = output.out ?? defaultFile("swarm", plan.scenario);
	await checkWritable(file);
	const screen = screenOn(process.stderr, output.quiet);
	screen.note(describePlan(plan, repeat));
	const id = randomUUID();
	const verdicts: Verdict[] = [];
	// A timer that the scenario's code started in the check may throw after the check: the workers count such errors.
	onStrayError(plan.scenarioFile, () => {});
	for (let index = 1; index <= repeat; index++) {
		const series = repeat > 1 ? { id, index, of: repeat } : null;
		const ownPlan = { ...plan, seed: plan.seed + index - 1, runId: newRunId() };
		const run = { plan: ownPlan, file: numbered(file, series), series };
		verdicts.push(await oneRun(run, { screen, reporter, json }, stop));
		if (stop.aborted) return EXIT.interrupted;
	}
	return exitCodeOf(worstOf(verdicts));
}

async function withScenario({ scenario, ...options }: Flags["options"]): Promise<PlanOptions> {
	return scenario === undefined ? options : { ...options, scenario: await loadScenario(scenario) };
}

function stepsOf({ scenario }: PlanOptions): string[] {
	return typeof scenario === "object" ? stepNames(scenario.flow ?? []) : [];
}

interface RunOfSeries {
	readonly plan: Plan;
	readonly file: string;
	readonly series: Series | null;
}

interface Output {
	readonly screen: Screen;
	readonly reporter: Reporter;
	readonly json: boolean;
}

async function oneRun(
	{ plan, file, series }: RunOfSeries,
	{ screen, reporter, json }: Output,
	stop: AbortSignal,
): Promise<Verdict> {
	let warned = false;
	const partial = async (result: Result) => {
		try {
			await saveResult(file, result);
		} catch (error) {
			if (!warned) screen.note(`warning: ${(error as CommandError).message}. The run continues.`);
			warned = true;
		}
	};
	if (series) screen.note(`run ${series.index} of ${series.of}`);
	const hooks = {
		progress: (line: string) => screen.progress(line),
		live: screen.live.bind(screen),
		partial,
	};
	const result = await runSwarm(plan, hooks, stop, series);
	screen.end();
	return deliverResult(result, { file, json, reporter, say: (line) => screen.note(line) });
}

/** `out.json` becomes `out-2.json` in a series. */
export function numbered(file: string, series: Pick<Series, "index"> | null): string {
	if (series === null) return file;
	const suffix = extname(file);
	return `${file.slice(0, file.length - suffix.length)}-${series.index}${suffix}`;
}
