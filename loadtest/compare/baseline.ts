/** Baselines: result files saved under a name, in a folder that git ignores. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../worker/command-line/command.ts";
import { saveResult } from "../record/save.ts";
import type { NamedResult } from "../report/readable.ts";

const BASELINES = ".baselines";

/** Throws a UsageError for a name that is not a plain folder name. */
export function checkBaselineName(name: string): void {
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
		throw new UsageError(`Baseline name "${name}": use letters, digits, dot, dash and underscore.`);
}

/** Saves runs under a name, replacing those saved there before. */
export async function saveBaseline(name: string, runs: readonly NamedResult[]): Promise<void> {
	const folder = folderOf(name);
	await rm(folder, { recursive: true, force: true });
	for (const [at, run] of runs.entries()) await saveResult(join(folder, `${at + 1}.json`), run.result);
}

/** The files of a baseline. Throws a UsageError that lists the existing baselines. */
export async function baselineFiles(name: string): Promise<string[]> {
	const folder = folderOf(name);
	const files = await filesIn(folder);
	if (files.length > 0) return files.map((file) => join(folder, file));
	const known = await filesIn(BASELINES, "");
	const fix = known.length > 0 ? `use one of: ${known.join(", ")}` : "save one with --save NAME";
	throw new UsageError(`--baseline ${name} does not exist in ${BASELINES}; ${fix}.`);
}

function folderOf(name: string): string {
	checkBaselineName(name);
	return join(BASELINES, name);
}

async function filesIn(folder: string, ending = ".json"): Promise<string[]> {
	try {
		const names = await readdir(folder);
		return names
			.filter((name) => name.endsWith(ending))
			.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
	} catch {
		return [];
	}
}
