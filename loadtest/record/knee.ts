/** The knee of a ramp: the rate from which opening sessions stays slow. */
import type { GeneratorWindow, Group } from "./result.ts";
import { pointsOf } from "./steady.ts";

/** How sessions were opened. `slot` is in seconds. */
export interface Ramp {
	/** Sessions per second at the end of each slot. */
	readonly connectRate: number;
	readonly slot: number;
	/** What the load generator was to open in each second, by all load groups. */
	readonly generator: readonly Pick<GeneratorWindow, "second" | "due">[];
	/** The share of the openings that these seconds have: less than 1 for one of several machines. */
	readonly share: number;
}

/** Opening is slow when its p50 is this many times the first third's, and by more than a millisecond. */
const SLOW_FACTOR = 2;
const SLOW_BY_US = 1000;

/** The rate at which opening sessions became slow for good, over all slots of a load group; null when it never did. */
export function kneeOf(group: Group, ramp: Ramp): number | null {
	const rateAt = ratesOf(ramp);
	const points = pointsOf(group.metrics.connect?.windows ?? [], 0.5)
		.map(({ second, value }) => ({ rate: rateAt(second), value }))
		.sort((a, b) => a.rate - b.rate);
	const calm = points
		.slice(0, Math.max(1, Math.floor(points.length / 3)))
		.map(({ value }) => value)
		.sort((a, b) => a - b);
	const usual = calm[Math.floor(calm.length / 2)];
	if (usual === undefined || ramp.generator.length === 0) return null;
	const isSlow = ({ value }: { value: number }) => value > usual * SLOW_FACTOR && value > usual + SLOW_BY_US;
	return points[points.findLastIndex((point) => !isSlow(point)) + 1]?.rate ?? null;
}

/**
 * The rate at which a second began. Slots begin wherever the drain of the one before ended, so what counts is how many
 * of its slot's sessions were due before that second: after n of N the ramp has risen to √(n/N) of its peak.
 */
function ratesOf({ connectRate, slot, generator, share }: Ramp): (second: number) => number {
	const perSlot = ((connectRate * slot) / 2) * share;
	const rateAfter = (sessions: number) =>
		connectRate * Math.sqrt(Math.min(1, Math.max(0, sessions / perSlot)));
	let before = 0;
	const seconds = generator.map(({ second, due }) => {
		// The middle, because a slot has up to half a session more or less than planned.
		const slotBegan = Math.floor((before + due / 2) / perSlot) * perSlot;
		const start = rateAfter(before - slotBegan);
		before += due;
		return { second, start, end: rateAfter(before - slotBegan) };
	});
	return (second) => {
		const last = seconds.findLast((one) => one.second <= second);
		if (last === undefined) return 0;
		// Sessions that were slow to open are counted in seconds in which no other began.
		return last.second === second ? last.start : last.end;
	};
}
