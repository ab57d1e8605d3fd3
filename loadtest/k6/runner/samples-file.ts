/** The file of k6's samples, made sure of before the run: a wrong name must not cost it. */
import { open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "../../../worker/command-line/command.ts";

/** The file k6 writes its samples to, emptied; in `folder` when none is to be kept. Throws a UsageError. */
export async function samplesFile(samples: string | null, folder: string): Promise<string> {
	const file = samples === null ? join(folder, "samples.json") : resolve(samples);
	try {
		await (await open(file, "w")).close();
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw new UsageError(
			`--samples ${file} cannot be written (${code}): name a file in a folder you may write to.`,
		);
	}
	return file;
}
