/** Sessions opened at a rate that rises evenly; each leaves when it is open. */
import { nowUs } from "../pacing/clock.ts";
import { pace } from "../pacing/pacer.ts";
import { LATE } from "./echo-driver.ts";
import type { Work } from "./work.ts";

/** Opens the slot's sessions, each closed when it is open. */
export async function ramp({ plan, slot, crew, worker, sends, stop }: Work): Promise<void> {
	const openings: Promise<void>[] = [];
	await pace(
		openingTimes(plan.connectRate, slot.measureAt, slot.endAt, worker, plan.processes),
		({ number, at }) => {
			sends.due += 1;
			sends.sent += 1;
			if (nowUs() - at > LATE) sends.late += 1;
			openings.push(openAndLeave(number));
		},
		stop,
	);
	await Promise.all(openings);

	async function openAndLeave(number: number): Promise<void> {
		const session = await crew.tryOpen(crew.personaOf(number));
		session?.socket.disconnect();
		session?.wire.cut();
	}
}

/**
 * A worker's share of openings. The rate at t seconds of T is most·t/T, so that n sessions are reached at
 * √(2·n·T/most) seconds.
 */
export function* openingTimes(
	most: number,
	from: number,
	to: number,
	worker: number,
	workers: number,
): Generator<{ number: number; at: number }> {
	const seconds = (to - from) / 1e6;
	for (let number = worker; ; number += workers) {
		const at = from + Math.sqrt((2 * (number + 0.5) * seconds) / most) * 1e6;
		if (at >= to) return;
		yield { number, at };
	}
}
