/** Reading a result file. */
import { readFile } from "node:fs/promises";
import { CommandError, EXIT } from "../../worker/command-line/command.ts";
import { RESULT_KIND, RESULT_VERSION, type Result, resultShape } from "./result.ts";

const FIX = "give a result file of `npm run swarm` or `npm run k6`";

/** Reads and validates a result file. Throws a CommandError that names the file, the field and the fix. */
export async function loadResult(file: string): Promise<Result> {
	let text: string;
	try {
		text = await readFile(file, "utf8");
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? String(error);
		throw new CommandError(`${file} cannot be read (${code}); ${FIX}.`, EXIT.usage);
	}
	return parseResult(text, file);
}

/** The same for a text already read; errors begin with `name`. */
export function parseResult(text: string, name: string): Result {
	let data: unknown;
	try {
		data = JSON.parse(text);
	} catch {
		throw new CommandError(`${name} is not JSON; ${FIX}.`, EXIT.usage);
	}
	const head = (data ?? {}) as Record<string, unknown>;
	if (head["kind"] !== RESULT_KIND)
		throw new CommandError(
			`${name}: kind is ${JSON.stringify(head["kind"])}, not "${RESULT_KIND}"; ${FIX}.`,
			EXIT.usage,
		);
	if (head["version"] !== RESULT_VERSION)
		throw new CommandError(
			`${name}: version is ${JSON.stringify(head["version"])}, this program reads ${RESULT_VERSION}; make the run again with it.`,
			EXIT.usage,
		);
	const problems: string[] = [];
	const result = resultShape(data, "", problems);
	if (problems.length === 0) return result;
	throw new CommandError(
		`${name}: ${problems[0]}; the file was changed or cut short; make the run again.`,
		EXIT.usage,
	);
}
