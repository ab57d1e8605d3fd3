/** Scenario files of a test's own, as a user writes them, and short runs of them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSwarm } from "../../../loadtest/clients/run/run.ts";
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";
import { loadScenario } from "../../../loadtest/plan/scenarios.ts";
import type { Result } from "../../../loadtest/record/result.ts";
import { validity } from "../../../loadtest/record/validity.ts";
import type { Served } from "./serve.ts";

/** A load that a busy machine can send. */
export const SMALL = {
	transports: ["websocket"] as const,
	clients: 4,
	rate: 20,
	duration: 2,
	warmup: 0,
	phaseSessions: 0,
};

export interface Folder extends AsyncDisposable {
	readonly path: string;
	/** Writes a file and returns its path. */
	write(name: string, text: string): Promise<string>;
}

/** A folder that is removed at the end. */
export async function temporaryFolder(): Promise<Folder> {
	const path = await mkdtemp(join(tmpdir(), "swarm-files-"));
	return {
		path,
		async write(name, text) {
			const file = join(path, name);
			await writeFile(file, text);
			return file;
		},
		async [Symbol.asyncDispose]() {
			await rm(path, { recursive: true });
		},
	};
}

/** The text of a scenario file; `fields` is source code, such as `flow: [{ emit: "join" }]`. */
export function scenarioText(activity: string, fields: string, before = ""): string {
	return `${before}\nexport default { name: "mine", about: "a test", activity: ${JSON.stringify(activity)}, settings: {}, ${fields} };\n`;
}

/** A run's options, and the source of its scenario file. */
export type ScenarioRun = PlanOptions & { activity?: string; fields?: string; before?: string };

/** A short run of a scenario file. */
export async function runScenario(
	{ port }: Served,
	folder: Folder,
	{ activity = "echo", fields = "", before = "", ...options }: ScenarioRun,
	stop: AbortSignal = new AbortController().signal,
): Promise<Result> {
	const file = await folder.write(`${activity}.ts`, scenarioText(activity, fields, before));
	const scenario = await loadScenario(file);
	const plan = planFrom({ url: `http://127.0.0.1:${port}`, ...SMALL, ...options, scenario });
	return undisturbed(await runSwarm(plan, { progress: () => {} }, stop));
}

/** The result as an idle machine would judge it: without the doubts about a generator that other work has stopped. */
export function undisturbed(result: Result): Result {
	const flags = result.validity.flags.filter(({ code }) => !code.startsWith("generator_"));
	return { ...result, validity: validity(flags) };
}
