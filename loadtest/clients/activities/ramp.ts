/** Opens sessions at a rate that rises evenly; each is closed as soon as it is open. */
import { placeOf } from "../../plan/machine.ts";
import { nowUs } from "../pacing/clock.ts";
import { pace } from "../pacing/pacer.ts";
import { countDue } from "../pacing/sends.ts";
import type { Work } from "./work.ts";

/** Opens and closes the slot's sessions. */
export async function ramp({ plan, slot, group, worker, sends, stop }: Work): Promise<void> {
	const openings: Promise<void>[] = [];
	const place = placeOf(plan, worker);
	await pace(
		openingTimes(plan.connectRate, slot.measureAt, slot.endAt, place.index, place.of),
		({ number, at }) =>
			() => {
				countDue(sends, at, nowUs());
				sends.sent += 1;
				openings.push(openAndClose(number));
			},
		{ stop, sends },
	);
	await Promise.all(openings);

	async function openAndClose(number: number): Promise<void> {
		const session = await group.tryOpen(group.optionsOf(number));
		if (session === null) return;
		group.recordPhases(session, group.secondOf(nowUs()));
		session.socket.disconnect();
		session.wire.cut();
	}
}

/**
 * The openings between `from` and `to` (µs) that are a worker's share; `workers` are those of all machines. At t seconds
 * of T the rate is peak·t/T, so that n sessions are reached at √(2·n·T/peak) seconds.
 */
export function* openingTimes(
	peakRate: number,
	from: number,
	to: number,
	worker: number,
	workers: number,
): Generator<{ number: number; at: number }> {
	const seconds = (to - from) / 1e6;
	for (let number = worker; ; number += workers) {
		const at = from + Math.sqrt((2 * (number + 0.5) * seconds) / peakRate) * 1e6;
		if (at >= to) return;
		yield { number, at };
	}
}
