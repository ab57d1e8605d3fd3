/** `npm run swarm`: load runs from flags to result files. */
import { randomUUID } from "node:crypto";
import { extname } from "node:path";
import { type CommandError, EXIT } from "../../../worker/command-line/command.ts";
import { checkWritable } from "../../../worker/command-line/files.ts";
import { type Flags, readFlags } from "../../plan/flags.ts";
import { type PlanOptions, planFrom } from "../../plan/plan.ts";
import { loadScenario } from "../../plan/scenarios.ts";
import type { Result } from "../../record/result.ts";
import { saveResult } from "../../record/save.ts";
import { type Screen, screenOn } from "../view/screen.ts";
import { calibrateCommand } from "./calibrate.ts";
import type { Series } from "./recorder.ts";
import { runSwarm } from "./run.ts";

/** How a result is shown at the end; the report's own text. */
export type Show = (result: Result) => Promise<string>;

/** Runs the command. Throws UsageError, CommandError; returns the contract's exit code. */
export async function swarmCommand(argv: string[], stop: AbortSignal, show: Show): Promise<number> {
	if (argv[0] === "calibrate") return calibrateCommand(argv.slice(1), stop);
	const { options, output } = readFlags(argv);
	const resolved = await withScenario(options);
	const file = output.out ?? defaultFile(planFrom(resolved).scenario);
	await checkWritable(file);
	const screen = screenOn(process.stderr, output.quiet);
	const id = randomUUID();
	let code: number = EXIT.ok;
	for (let index = 1; index <= output.repeat; index++) {
		const series = output.repeat > 1 ? { id, index, of: output.repeat } : null;
		const seed = planFrom(resolved).seed + index - 1;
		code = Math.max(
			code,
			await oneRun({ ...resolved, seed }, numbered(file, series), series, {
				screen,
				show,
				stop,
				json: output.json,
			}),
		);
		if (stop.aborted) return EXIT.interrupted;
	}
	return code;
}

async function withScenario({ scenario, ...options }: Flags["options"]): Promise<PlanOptions> {
	return scenario === undefined ? options : { ...options, scenario: await loadScenario(scenario) };
}

interface Surroundings {
	readonly screen: Screen;
	readonly show: Show;
	readonly stop: AbortSignal;
	readonly json: boolean;
}

/** What was measured is shown even when it cannot be saved. */
async function oneRun(
	options: PlanOptions,
	file: string,
	series: Series | null,
	around: Surroundings,
): Promise<number> {
	const { screen, show, stop, json } = around;
	let warned = false;
	const grown = async (result: Result) => {
		try {
			await saveResult(file, result);
		} catch (error) {
			if (!warned) screen.note(`warning: ${(error as CommandError).message} The run goes on.`);
			warned = true;
		}
	};
	if (series) screen.note(`run ${series.index} of ${series.of}`);
	const hooks = { progress: (line: string) => screen.progress(line), live: screen.live.bind(screen), grown };
	const result = await runSwarm(planFrom(options), hooks, stop, series);
	screen.end();
	process.stdout.write(json ? `${JSON.stringify(result)}\n` : await show(result));
	await saveResult(file, result);
	screen.note(`result: ${file}`);
	return exitCodeOf(result);
}

function defaultFile(scenario: string): string {
	const stamp = new Date().toISOString().replace(/[:.]/g, "-");
	return `reports/swarm-${scenario}-${stamp}.json`;
}

/** `out.json` → `out-2.json` in a series. */
export function numbered(file: string, series: Series | null): string {
	if (series === null) return file;
	const suffix = extname(file);
	return `${file.slice(0, file.length - suffix.length)}-${series.index}${suffix}`;
}

/** 130 interrupted, 3 invalid, else 0. */
export function exitCodeOf(result: Result): number {
	if (result.interrupted) return EXIT.interrupted;
	return result.validity.valid ? EXIT.ok : EXIT.invalid;
}
