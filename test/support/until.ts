/** Waiting for something outside this process that sends no event. */
import { setTimeout as pause } from "node:timers/promises";

/** Asks every 50 ms until it is so; throws after `limit` milliseconds with what was awaited. */
export async function until(
	what: string,
	isSo: () => boolean | Promise<boolean>,
	limit = 15_000,
): Promise<void> {
	const deadline = Date.now() + limit;
	while (!(await isSo())) {
		if (Date.now() > deadline) throw new Error(`waited ${limit} ms in vain until ${what}`);
		await pause(50);
	}
}
