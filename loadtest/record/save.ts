/** Writing a result file: whole or not at all. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { CommandError, UsageError } from "../../worker/selfhost/command.ts";
import type { Result } from "./result.ts";

/** Before an hour of load, not after it: can the file be written? Throws a UsageError. */
export async function checkWritable(file: string): Promise<void> {
	const part = partOf(file);
	try {
		await makeFolder(dirname(file));
		await (await open(part, "w")).close();
		await rm(part);
	} catch (error) {
		throw new UsageError(cannotWrite(file, error));
	}
}

/** Writes beside the file, then renames, so that a reader never sees half a result. Throws a CommandError. */
export async function saveResult(file: string, result: Result): Promise<void> {
	const part = partOf(file);
	try {
		await makeFolder(dirname(file));
		const handle = await open(part, "w");
		try {
			await handle.writeFile(`${JSON.stringify(result)}\n`);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(part, file);
	} catch (error) {
		await rm(part, { force: true }).catch(() => {});
		throw new CommandError(cannotWrite(file, error));
	}
}

function partOf(file: string): string {
	return `${file}.${process.pid}.part`;
}

/** Node's own recursive mkdir never returns where a parent refuses children (/proc). */
async function makeFolder(folder: string): Promise<void> {
	try {
		await mkdir(folder);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "EEXIST") return;
		if (code !== "ENOENT" || dirname(folder) === folder) throw error;
		await makeFolder(dirname(folder));
		await mkdir(folder);
	}
}

const REASONS: Readonly<Record<string, string>> = {
	ENOSPC: "disk full",
	EFBIG: "file size limit reached",
	EDQUOT: "quota reached",
	EACCES: "not permitted",
	ENOTDIR: "its folder is a file",
	EISDIR: "it is a folder",
};

function cannotWrite(file: string, error: unknown): string {
	const code = (error as NodeJS.ErrnoException).code ?? String(error);
	return `--out ${file} cannot be written (${REASONS[code] ?? code}): name a file in a folder with room.`;
}
