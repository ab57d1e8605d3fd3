/** Making the folder that a file shall stand in. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes the folder of a file and those above it, one by one: Node's recursive mkdir never returns where the
 * system says ENOENT although the parent exists, as below /proc. Throws the system's error.
 */
export async function makeFolderOf(file: string): Promise<void> {
	await makeFolder(dirname(file));
}

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
			// Another process may have made it meanwhile.
			if (again.code !== "EEXIST") throw again;
		});
	}
}
