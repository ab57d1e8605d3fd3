/**
 * The order in which groups are measured. Only one group sends at a time, and rounds go there and back
 * (A B B A), so that a drift of the machine falls on all groups alike.
 */

/** Seconds a slot lasts when nothing else is said; slots are longer or shorter to fill the duration evenly. */
const USUAL_SLOT = 5;

/** How `duration` seconds of measurement are shared out: slots of equal length, an even number of rounds. */
export function slotsFor(groups: number, duration: number): { slot: number; order: number[] } {
	if (groups === 1) return { slot: duration, order: [0] };
	const rounds = Math.max(2, 2 * Math.round(duration / (groups * USUAL_SLOT * 2)));
	const there = Array.from({ length: groups }, (_, i) => i);
	const back = [...there].reverse();
	const order = Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? there : back)).flat();
	return { slot: duration / order.length, order };
}
