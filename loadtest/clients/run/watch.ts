/** Memory of the processes that `--watch` names, read from Linux's /proc. */
import { readFile } from "node:fs/promises";

/** Resident bytes of all watched processes; those that are gone, or on a system without /proc, are left out. */
export async function residentAll(watch: Readonly<Record<string, number>>): Promise<Record<string, number>> {
	const read = Object.entries(watch).map(async ([name, pid]) => [name, await residentBytes(pid)] as const);
	return Object.fromEntries(
		(await Promise.all(read)).filter((entry): entry is [string, number] => entry[1] !== null),
	);
}

async function residentBytes(pid: number): Promise<number | null> {
	try {
		const status = await readFile(`/proc/${pid}/status`, "utf8");
		const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
		return kib === undefined ? null : Number(kib) * 1024;
	} catch {
		return null;
	}
}
