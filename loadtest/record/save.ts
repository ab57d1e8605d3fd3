/** Writing a result file: whole or not at all. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { CommandError } from "../../worker/selfhost/command.ts";
import type { Result } from "./result.ts";

/** Writes beside the file, then renames, so that a reader never sees half a result. Throws a CommandError. */
export async function saveResult(file: string, result: Result): Promise<void> {
	const part = `${file}.${process.pid}.part`;
	try {
		await mkdir(dirname(file), { recursive: true });
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
		throw new CommandError(
			`--out ${file} cannot be written (${reasonOf(error)}): name a file in a folder with room.`,
		);
	}
}

function reasonOf(error: unknown): string {
	const code = (error as NodeJS.ErrnoException).code;
	return code === "ENOSPC" ? "disk full" : (code ?? String(error));
}
