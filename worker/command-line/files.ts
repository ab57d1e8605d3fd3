/** Reads and writes the files that flags name. Errors name the flag and the fix. */
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { CommandError, UsageError } from "./command.ts";

/** Checks that `--out FILE` can be written, so that a long run does not fail at its end. Throws a `UsageError`. */
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

/** Writes a temporary file and renames it, so that a reader never sees half of it. Throws a `CommandError`. */
export async function writeWhole(file: string, text: string): Promise<void> {
	const part = partOf(file);
	try {
		await makeFolder(dirname(file));
		const handle = await open(part, "w");
		try {
			await handle.writeFile(text);
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

/** Writes a command's output to `--out FILE`, or to stdout when there is none. Throws a `CommandError`. */
export async function deliver(text: string, out: string | undefined): Promise<void> {
	if (out === undefined) {
		process.stdout.write(text);
		return;
	}
	await writeWhole(out, text);
	process.stderr.write(`written: ${out}\n`);
}

/** Reads the PEM file that `flag` names. Throws a `UsageError`. */
export async function readPem(file: string, flag: string): Promise<Buffer> {
	try {
		return await readFile(file);
	} catch (error) {
		throw new UsageError(
			`${flag} ${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); give the path of a PEM file`,
		);
	}
}

/**
 * Makes a folder and its parents, one by one. Node's recursive mkdir never returns where the system reports ENOENT
 * although the parent exists, as below /proc.
 */
async function makeFolder(folder: string): Promise<void> {
	try {
		await mkdir(folder);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "EEXIST") return;
		const parent = dirname(folder);
		if (code !== "ENOENT" || parent === folder) throw error;
		await makeFolder(parent);
		await mkdir(folder).catch((again: NodeJS.ErrnoException) => {
			// Another process may have made it in the meantime.
			if (again.code !== "EEXIST") throw again;
		});
	}
}

function partOf(file: string): string {
	return `${file}.${process.pid}.part`;
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
	return `--out ${file} cannot be written (${REASONS[code] ?? code}); give a file in a folder that you may write to and that has room`;
}
