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
export interface Account {
	readonly name: string;
	readonly room: string;
	/** How often it received each id. */
	readonly got: Map<string, number>;
	readonly gaps: Gap[];
	/** The errors of its failed handshakes. */
	readonly refused: string[];
}

/** What went wrong. `named`: events lost in a gap without recovery; `unnamed`: events lost without a known reason. */
export interface Verdict {
	readonly expected: number;
	readonly named: string[];
	readonly unnamed: string[];
	readonly doubled: string[];
}

/** Compares every event with what every client of its room received. */
export function settle(events: readonly Published[], accounts: readonly Account[]): Verdict {
	const verdict = { expected: 0, named: [] as string[], unnamed: [] as string[], doubled: [] as string[] };
	for (const account of accounts)
		for (const event of events) {
			if (event.room !== account.room) continue;
			verdict.expected += 1;
			const times = account.got.get(event.id) ?? 0;
			if (times > 1) verdict.doubled.push(`${account.name} got ${event.id} ${times} times`);
			if (times > 0) continue;
			const gap = account.gaps.find(({ lastEvent, to }) => event.ackedAt >= lastEvent && event.sentAt <= to);
			if (gap !== undefined && !gap.recovered)
				verdict.named.push(
					`${account.name} missed ${event.id} while disconnected for ${Math.round(gap.to - gap.from)} ms`,
				);
			else verdict.unnamed.push(`${account.name} missed ${event.id}`);
		}
	return verdict;
}

/** The p-quantile of the values (0 to 1), by nearest rank. */
export function quantile(values: readonly number[], p: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}
