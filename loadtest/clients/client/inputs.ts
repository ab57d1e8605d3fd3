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
export async function loadInputs({ scenarioFile, data, parser, insecure }: Plan): Promise<Inputs> {
	const code: ScenarioCode = scenarioFile === "" ? {} : await loadScenario(scenarioFile);
	// The scenario's fetch is Node's, which has no option for certificates, only this variable.
	if (insecure && code.session !== undefined) process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
	return {
		code,
		rows: data === "" ? [] : readRows(data),
		parser: parser === "" ? undefined : await loadParser(parser),
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
