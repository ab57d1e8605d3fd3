/** Reading results back from whatever carries them: their own JSON file, or an HTML page made from them. */
import { readFile } from "node:fs/promises";
import { CommandError, EXIT } from "../../worker/command-line/command.ts";
import { parseResult } from "../record/load.ts";
import type { Result } from "../record/result.ts";
import { DATA_ID } from "./page/document.ts";

/** The kind of the data inside a comparison page. */
export const COMPARISON_DATA = "sticky-edge/comparison-data";

/** A run with the name a person gave it (its file). */
export interface NamedRun {
	name: string;
	result: Result;
}

/** What a comparison page carries. */
export interface ComparisonData {
	kind: typeof COMPARISON_DATA;
	candidate: NamedRun[];
	base: NamedRun[];
}

/** Loads and validates one result. Throws a CommandError that names the file, the field and the cure. */
export async function loadReadable(file: string): Promise<Result> {
	const [run, ...more] = await loadRuns(file);
	if (run !== undefined && more.length === 0) return run.result;
	throw new CommandError(
		`${file} holds ${more.length + 1} runs: report shows one, npm run compare takes them all.`,
		EXIT.usage,
	);
}

/** All runs of a file: one of a result or its report, the new side's of a comparison page. */
export async function loadRuns(file: string): Promise<NamedRun[]> {
	const text = await textOf(file);
	const embedded = embeddedData(text);
	if (embedded?.includes(COMPARISON_DATA) !== true)
		return [{ name: file, result: parseResult(embedded ?? text, file) }];
	// Each run is validated like one from a file of its own.
	const data = JSON.parse(embedded) as { candidate: { name: string; result: unknown }[] };
	return data.candidate.map(({ name, result }) => ({
		name,
		result: parseResult(JSON.stringify(result), `${file} (${name})`),
	}));
}

/** The JSON inside an HTML report, or undefined when the text is no HTML report. */
export function embeddedData(text: string): string | undefined {
	const open = `<script type="application/json" id="${DATA_ID}">`;
	const start = text.indexOf(open);
	if (start < 0) return undefined;
	return text.slice(start + open.length, text.indexOf("</script>", start));
}

async function textOf(file: string): Promise<string> {
	try {
		return await readFile(file, "utf8");
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? String(error);
		const cure = "name a result file that `npm run swarm` wrote, or an HTML report of one.";
		throw new CommandError(`${file} cannot be read (${code}): ${cure}`, EXIT.usage);
	}
}
