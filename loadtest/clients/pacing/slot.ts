/** A slot: the time in which one load group sends. */

/** Times are µs on the host's monotonic clock. */
export interface Slot {
	readonly number: number;
	/** The load group's number in the plan. */
	readonly group: number;
	/** Warm-up begins; measurement begins; measurement ends. */
	readonly startAt: number;
	readonly measureAt: number;
	readonly endAt: number;
	/** Seconds of the run's measurement at `measureAt`. */
	readonly second: number;
}

/** The second of measurement at a time of the slot; -1 in its warm-up. */
export function secondIn(slot: Slot, at: number): number {
	return at < slot.measureAt ? -1 : slot.second + Math.floor((at - slot.measureAt) / 1e6);
}
