/** Cuts all sessions at once; they reconnect by themselves. */
import { nowUs } from "../pacing/clock.ts";
import { sleepUntil } from "../pacing/pacer.ts";
import type { Work } from "./work.ts";

/** Cuts when measurement begins, then waits for the slot's end. */
export async function storm({ plan, slot, group, stop, figure }: Work): Promise<void> {
	await sleepUntil(slot.measureAt, stop);
	if (stop.aborted) return;
	const cut = group.opened.filter((client) => client.isOpen);
	const at = nowUs();
	for (const client of cut) {
		client.lostAt = at;
		client.cut(plan.cut);
	}
	await sleepUntil(slot.endAt, stop);
	const missing = cut.filter((client) => client.lostAt !== 0).length;
	if (missing > 0) group.tally.fail("not_back", missing);
	figure("sessions_cut", cut.length, "sessions", "sum");
	figure("sessions_back", cut.length - missing, "sessions", "sum");
}
