/** What a run loads besides its plan: the scenario's code, the rows of `--data`, and the parser. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ManagerOptions } from "socket.io-client";
import { UsageError } from "../../../worker/command-line/command.ts";
import type { Plan } from "../../plan/plan.ts";
import { type Row, readRows } from "../../plan/rows.ts";
import type { ScenarioCode } from "../../plan/scenario.ts";
import { loadScenario } from "../../plan/scenarios.ts";

type Parser = ManagerOptions["parser"];

export interface Inputs {
	readonly code: ScenarioCode;
	/** Empty without `--data`. */
	readonly rows: readonly Row[];
	/** Undefined = socket.io-parser. */
	readonly parser: Parser | undefined;
}

/** Inputs of a run that has none. */
export const NO_INPUTS: Inputs = { code: {}, rows: [], parser: undefined };

/** Loads a run's inputs. Throws a UsageError that names the flag. */
export async function loadInputs({ scenarioFile, data, parser }: Plan): Promise<Inputs> {
	return {
		code: scenarioFile === "" ? {} : await loadScenario(scenarioFile),
		rows: data === "" ? [] : readRows(data),
		parser: parser === "" ? undefined : await loadParser(parser),
	};
}

/** Node's fetch has no option for certificates, only this variable for the whole process, and warns about it. */
export const TRUST_ALL = { NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_NO_WARNINGS: "1" };

/** Whether `--insecure` needs the variable: for polling-fetch, and for the fetch that a scenario's code is given. */
export function needsTrustAll({ insecure, transports, scenarioFile }: Plan): boolean {
	return insecure && (transports.includes("polling-fetch") || scenarioFile !== "");
}

/** Sets the variable for this process if the plan needs it; returns the function that restores it. */
export function trustForFetch(plan: Plan): () => void {
	if (!needsTrustAll(plan)) return () => {};
	const names = Object.keys(TRUST_ALL) as (keyof typeof TRUST_ALL)[];
	const before = names.map((name) => [name, process.env[name]] as const);
	Object.assign(process.env, TRUST_ALL);
	return () => {
		for (const [name, value] of before)
			if (value === undefined) delete process.env[name];
			else process.env[name] = value;
	};
}

/** A parser is looked for where the command runs, as the application would. */
async function loadParser(name: string): Promise<Parser> {
	let module: { default?: unknown };
	try {
		const file = createRequire(join(process.cwd(), "package.json")).resolve(name);
		module = await import(pathToFileURL(file).href);
	} catch (error) {
		const { code = "an error in it" } = error as NodeJS.ErrnoException;
		throw new UsageError(
			`--parser ${name} cannot be loaded (${code}); install it, or give the path of a module.`,
		);
	}
	const parser = [module.default, module].find(isParser);
	if (parser === undefined)
		throw new UsageError(`--parser ${name} exports no Encoder and Decoder; give a Socket.IO parser.`);
	return parser;
}

function isParser(value: unknown): value is Parser {
	return typeof value === "object" && value !== null && "Encoder" in value && "Decoder" in value;
}
