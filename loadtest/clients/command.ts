/** `npm run swarm`: one load run from flags to a result file. */
import { EXIT } from "../../worker/selfhost/command.ts";
import { readFlags } from "../plan/flags.ts";
import { planFrom } from "../plan/plan.ts";
import type { Result } from "../record/result.ts";
import { saveResult } from "../record/save.ts";
import { runSwarm } from "./run.ts";

/** How a result is shown at the end; the report's own text. */
export type Show = (result: Result) => Promise<string>;

/** Runs the command. Throws UsageError, CommandError; returns the contract's exit code. */
export async function swarmCommand(argv: string[], stop: AbortSignal, show: Show): Promise<number> {
	const { options, output } = readFlags(argv);
	const plan = planFrom(options);
	const say = (line: string) => {
		if (!output.quiet) process.stderr.write(`${line}\n`);
	};
	const file = output.out ?? defaultFile(plan.scenario);
	const result = await runSwarm(plan, { progress: say, grown: (grown) => saveResult(file, grown) }, stop);
	await saveResult(file, result);
	process.stdout.write(output.json ? `${JSON.stringify(result)}\n` : await show(result));
	say(`result: ${file}`);
	return exitCodeOf(result);
}

function defaultFile(scenario: string): string {
	const stamp = new Date().toISOString().replace(/[:.]/g, "-");
	return `reports/swarm-${scenario}-${stamp}.json`;
}

/** 130 interrupted, 3 invalid, else 0. */
export function exitCodeOf(result: Result): number {
	if (result.interrupted) return EXIT.interrupted;
	return result.validity.valid ? EXIT.ok : EXIT.invalid;
}
