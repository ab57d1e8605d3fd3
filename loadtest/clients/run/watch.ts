/** Memory of processes named by `--watch`, read from Linux's /proc while load runs. */
import { readFile } from "node:fs/promises";

/** Resident bytes of a process; null when it is gone or this system has no /proc. */
export async function residentBytes(pid: number): Promise<number | null> {
	try {
		const status = await readFile(`/proc/${pid}/status`, "utf8");
		const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
		return kib === undefined ? null : Number(kib) * 1024;
	} catch {
		return null;
	}
}

/** Reads all watched processes now. */
export async function residentAll(watch: Readonly<Record<string, number>>): Promise<Record<string, number>> {
	const read = Object.entries(watch).map(async ([name, pid]) => [name, await residentBytes(pid)] as const);
	return Object.fromEntries(
		(await Promise.all(read)).filter((entry): entry is [string, number] => entry[1] !== null),
	);
}
