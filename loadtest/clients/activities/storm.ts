/** All sessions cut at one instant; they come back by themselves. */
import { nowUs } from "../pacing/clock.ts";
import { until } from "../pacing/pacer.ts";
import type { Work } from "./work.ts";

/** Cuts when measurement begins, then waits for the slot's end. */
export async function storm({ plan, slot, crew, stop, outcome }: Work): Promise<void> {
	await until(slot.measureAt, stop);
	if (stop.aborted) return;
	const cut = crew.opened.filter((member) => member.open);
	const at = nowUs();
	for (const member of cut) {
		member.lostAt = at;
		member.cut(plan.cut);
	}
	await until(slot.endAt, stop);
	const away = cut.filter((member) => member.lostAt !== 0).length;
	if (away > 0) crew.tally.fail("not_back", away);
	outcome("sessions_cut", cut.length, "sessions", "sum");
	outcome("sessions_back", cut.length - away, "sessions", "sum");
}
