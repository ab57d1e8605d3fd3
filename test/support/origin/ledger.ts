/**
 * Checks the delivery of events: which were acknowledged, which each client received, and when each client was
 * disconnected. Times are milliseconds of `performance.now()`.
 */

/** An acknowledged event. */
export interface Published {
	readonly id: string;
	readonly room: string;
	readonly sentAt: number;
	readonly ackedAt: number;
}

/**
 * A period in which a client was disconnected; `recovered`: it then got what it had missed. Clients notice a
 * dead node late, so losses are attributed to the gap from `lastEvent` on, the last event before the disconnect.
 */
export interface Gap {
	readonly lastEvent: number;
	readonly from: number;
	readonly to: number;
	readonly recovered: boolean;
}

/** What one client received. */
export interface ClientRecord {
	readonly name: string;
	readonly room: string;
	/** How often it received each id. */
	readonly received: Map<string, number>;
	readonly gaps: Gap[];
	/** The errors of its failed handshakes. */
	readonly failedHandshakes: string[];
}

/** What went wrong. `lostInGap`: events lost in a gap without recovery; `lostOtherwise`: events lost without a known reason. */
export interface DeliveryResult {
	readonly expected: number;
	readonly lostInGap: string[];
	readonly lostOtherwise: string[];
	readonly duplicated: string[];
}

/** Compares every event with what every client of its room received. */
export function checkDelivery(
	events: readonly Published[],
	records: readonly ClientRecord[],
): DeliveryResult {
	const result = {
		expected: 0,
		lostInGap: [] as string[],
		lostOtherwise: [] as string[],
		duplicated: [] as string[],
	};
	for (const record of records)
		for (const event of events) {
			if (event.room !== record.room) continue;
			result.expected += 1;
			const times = record.received.get(event.id) ?? 0;
			if (times > 1) result.duplicated.push(`${record.name} got ${event.id} ${times} times`);
			if (times > 0) continue;
			const gap = record.gaps.find(({ lastEvent, to }) => event.ackedAt >= lastEvent && event.sentAt <= to);
			if (gap !== undefined && !gap.recovered)
				result.lostInGap.push(
					`${record.name} missed ${event.id} while disconnected for ${Math.round(gap.to - gap.from)} ms`,
				);
			else result.lostOtherwise.push(`${record.name} missed ${event.id}`);
		}
	return result;
}

/** The p-quantile of the values (0 to 1), by nearest rank. */
export function quantile(values: readonly number[], p: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}
