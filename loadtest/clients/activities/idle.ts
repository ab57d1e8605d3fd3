/** Sessions held without a word: do heartbeats hold them, and what do they cost here? */
import { until } from "../pacing/pacer.ts";
import type { Work } from "./work.ts";

/** Waits for the slot's end and counts heartbeats. */
export async function idle({ slot, crew, stop, outcome }: Work): Promise<void> {
	let heartbeats = 0;
	const hear = () => {
		heartbeats += 1;
	};
	const { opened } = crew;
	for (const { session } of opened) session.socket.io.on("ping", hear);
	await until(slot.endAt, stop);
	for (const { session } of opened) session.socket.io.off("ping", hear);
	outcome("heartbeats", heartbeats, "pings", "sum");
	outcome("sessions_held", opened.filter((member) => member.open).length, "sessions", "max");
	outcome("generator_memory", process.memoryUsage().rss, "bytes", "sum");
}
