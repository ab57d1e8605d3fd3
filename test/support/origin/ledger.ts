/**
 * The account of a run: what was acknowledged, what each client got, and when each client was away. Times are
 * milliseconds of `performance.now()`.
 */

/** An event as its publisher knows it. */
export interface Published {
	readonly id: string;
	readonly room: string;
	readonly sentAt: number;
	readonly ackedAt: number;
}

/**
 * A time in which a client had no session; `recovered`: it got what it missed. A node may be dead before its
 * clients notice, so what is missing counts from `heard`, the last event before the cut.
 */
export interface Gap {
	readonly heard: number;
	readonly from: number;
	readonly to: number;
	readonly recovered: boolean;
}

/** What one client saw. */
export interface Account {
	readonly name: string;
	readonly room: string;
	/** How often each id came. */
	readonly got: Map<string, number>;
	readonly gaps: Gap[];
	/** Handshakes that failed, by the client's error. */
	readonly refused: string[];
}

/** What went wrong for whom. `named`: within a gap without recovery; `unnamed`: no reason is known. */
export interface Verdict {
	readonly expected: number;
	readonly named: string[];
	readonly unnamed: string[];
	readonly doubled: string[];
}

/** Every event against every client of its room. Pure. */
export function settle(events: readonly Published[], accounts: readonly Account[]): Verdict {
	const verdict = { expected: 0, named: [] as string[], unnamed: [] as string[], doubled: [] as string[] };
	for (const account of accounts)
		for (const event of events) {
			if (event.room !== account.room) continue;
			verdict.expected += 1;
			const times = account.got.get(event.id) ?? 0;
			if (times > 1) verdict.doubled.push(`${account.name} got ${event.id} ${times} times`);
			if (times > 0) continue;
			const gap = account.gaps.find(({ heard, to }) => event.ackedAt >= heard && event.sentAt <= to);
			if (gap !== undefined && !gap.recovered)
				verdict.named.push(
					`${account.name} missed ${event.id} while away ${Math.round(gap.to - gap.from)} ms`,
				);
			else verdict.unnamed.push(`${account.name} missed ${event.id}`);
		}
	return verdict;
}

/** The p-th part of the values, nearest rank. */
export function quantile(values: readonly number[], p: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}
