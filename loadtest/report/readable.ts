/** Reads results back from result files, and from the HTML pages made from them. */
import { readFile } from "node:fs/promises";
import { UsageError } from "../../worker/command-line/command.ts";
import { parseResult } from "../record/load.ts";
import type { NamedResult } from "../record/merge.ts";
import type { Result } from "../record/result.ts";
import { DATA_ID } from "./html/document.ts";

export type { NamedResult };

/** The `kind` of the data inside a comparison page. */
export const COMPARISON_DATA = "sticky-edge/comparison-data";

/** The data inside a comparison page. */
export interface ComparisonData {
	kind: typeof COMPARISON_DATA;
	candidate: NamedResult[];
	base: NamedResult[];
}

/** Loads and validates the one run in a file. Throws a CommandError that names the file, the field and the fix. */
export async function loadRun(file: string): Promise<Result> {
	const [run, ...more] = await runsIn(file);
	if (run !== undefined && more.length === 0) return run.result;
	throw new UsageError(
		`${file} holds ${more.length + 1} runs: report shows one run; use npm run compare for several.`,
	);
}

/** Loads and validates all runs of the files: a result file or its report has one, a comparison page gives its new runs. */
export async function loadRuns(files: readonly string[]): Promise<NamedResult[]> {
	const runs: NamedResult[] = [];
	for (const file of files) runs.push(...(await runsIn(file)));
	return runs;
}

/** The JSON inside an HTML report, or undefined when the text is not an HTML report. */
export function embeddedData(text: string): string | undefined {
	const open = `<script type="application/json" id="${DATA_ID}">`;
	const start = text.indexOf(open);
	if (start < 0) return undefined;
	return text.slice(start + open.length, text.indexOf("</script>", start));
}

async function runsIn(file: string): Promise<NamedResult[]> {
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

async function textOf(file: string): Promise<string> {
	try {
		return await readFile(file, "utf8");
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? String(error);
		throw new UsageError(
			`${file} cannot be read (${code}): give a result file of \`npm run swarm\` or \`npm run k6\`, or an HTML report of one.`,
		);
	}
}
