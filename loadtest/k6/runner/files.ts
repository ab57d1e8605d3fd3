/** The files a run writes, made sure of before it begins: a wrong name must not cost the run. */
import { access, constants, mkdir, open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../../../worker/selfhost/command.ts";

/** The result file, in a folder that exists from now on. Throws a UsageError. */
export async function resultFile(out: string | null, transport: string, startedAt: string): Promise<string> {
	const file = out ?? `reports/k6-${transport}-${startedAt.replace(/[:.]/g, "-")}.json`;
	try {
		await mkdir(dirname(file), { recursive: true });
		await access(dirname(file), constants.W_OK);
	} catch (error) {
		throw unwritable("--out", file, error);
	}
	return file;
}

/** The file k6 writes its samples to, emptied; in `folder` when none is to be kept. Throws a UsageError. */
export async function samplesFile(samples: string | null, folder: string): Promise<string> {
	const file = samples === null ? join(folder, "samples.json") : resolve(samples);
	try {
		await (await open(file, "w")).close();
	} catch (error) {
		throw unwritable("--samples", file, error);
	}
	return file;
}

function unwritable(flag: string, file: string, error: unknown): UsageError {
	const { code } = error as NodeJS.ErrnoException;
	return new UsageError(
		`${flag} ${file} cannot be written (${code}): name a file in a folder you may write to.`,
	);
}
