/** Holds sessions open without messages. */
import { sleepUntil } from "../pacing/pacer.ts";
import type { Work } from "./work.ts";

/**
 * Waits for the slot's end, then reports heartbeats, sessions still open, and the generator's own memory. The run
 * records the memory of the processes that `--watch` names.
 */
export async function idle({ slot, group, stop, figure, state }: Work): Promise<void> {
	let heartbeats = 0;
	const onPing = () => {
		heartbeats += 1;
	};
	const { opened } = group;
	for (const { session } of opened) session.socket.io.on("ping", onPing);
	await sleepUntil(slot.endAt, stop);
	for (const { session } of opened) session.socket.io.off("ping", onPing);
	const held = opened.filter((client) => client.isOpen).length;
	figure("heartbeats", heartbeats, "pings", "sum");
	state("sessions_held", held, "sessions", "sum");
	state("generator_memory", process.memoryUsage().rss, "bytes", "sum");
}
