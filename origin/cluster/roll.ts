/** Replacing all nodes of a cluster, one after another, while it serves. */
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, EXIT } from "../../worker/command-line/command.ts";
import type { Roll } from "./control.ts";
import type { Slot } from "./supervisor.ts";

/**
 * A roll over `slots`. Between two nodes it waits `settle` milliseconds, in which the edge learns that the
 * new one is up: else two nodes at once would be without new sessions. One roll at a time.
 */
export function rollOver(slots: readonly Slot[], settle: number): Roll {
	let busy = false;
	return async (stop, tell) => {
		if (busy) {
			tell({ say: "rolled", failure: { message: "a roll is under way already", exitCode: EXIT.failed } });
			return;
		}
		busy = true;
		try {
			for (const [index, slot] of slots.entries()) {
				if (index > 0) await sleep(settle);
				if (stop.aborted) break;
				tell({ say: "replaced", node: await slot.replace() });
			}
			tell({ say: "rolled", failure: null });
		} catch (error) {
			const exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
			tell({ say: "rolled", failure: { message: `roll ended: ${(error as Error).message}`, exitCode } });
		} finally {
			busy = false;
		}
	};
}
