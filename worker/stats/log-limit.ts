/**
 * The limit on the number of log lines: per second and isolate, for each kind of line, and within a kind for each
 * client. Suppressed lines are counted, and one line reports their number after each second in which that happened.
 */

/** The most lines of one kind that are written in a period, and of those the most for one client. */
export const MAX_LINES_OF_KIND = 100;
export const MAX_LINES_OF_CLIENT = 10;
export const PERIOD_MS = 1000;
/** Requests that run at the same time may read slightly different clocks; a clock further back than this was set. */
const CLOCK_TOLERANCE_MS = 5000;
/** Kinds that a summary names; the sum of the others is one number. */
const MAX_KINDS_IN_SUMMARY = 20;

interface KindCount {
	written: number;
	leftOut: number;
	/** Lines written, by client. Only a written line adds a client, which bounds the memory. */
	readonly clients: Map<string, number>;
}

/** The counts of the current period. */
export interface LogLimits {
	/** Epoch ms when the period began. */
	startedAt: number;
	/** The kinds are a closed list: the outcomes, the reasons of denials, and some error codes. */
	readonly kinds: Map<string, KindCount>;
}

/** The line about what a period left out. */
export interface LimitSummary {
	readonly level: "warn";
	readonly event: "log_limit";
	/** ISO 8601: when the period began. */
	readonly at: string;
	readonly left_out: number;
	/** By kind, the largest first. */
	readonly kinds: Readonly<Record<string, number>>;
}

export function newLogLimits(): LogLimits {
	return { startedAt: 0, kinds: new Map() };
}

/** Counts a line of one kind for a client; false = it is to be left out. */
export function countLine({ kinds }: LogLimits, kind: string, client: string): boolean {
	let count = kinds.get(kind);
	if (count === undefined) {
		count = { written: 0, leftOut: 0, clients: new Map() };
		kinds.set(kind, count);
	}
	if (count.written < MAX_LINES_OF_KIND) {
		const ofClient = count.clients.get(client) ?? 0;
		if (ofClient < MAX_LINES_OF_CLIENT) {
			count.clients.set(client, ofClient + 1);
			count.written += 1;
			return true;
		}
	}
	count.leftOut += 1;
	return false;
}

/** Begins a new period if the current one is over. Returns what the finished one left out, null = nothing. */
export function nextPeriod(limits: LogLimits, now: number): LimitSummary | null {
	const age = now - limits.startedAt;
	if (age < PERIOD_MS && age > -CLOCK_TOLERANCE_MS) return null;
	const summary = summaryOf(limits);
	limits.startedAt = now;
	limits.kinds.clear();
	return summary;
}

function summaryOf({ startedAt, kinds }: LogLimits): LimitSummary | null {
	const counts = [...kinds]
		.map(([kind, { leftOut }]) => [kind, leftOut] as const)
		.filter(([, leftOut]) => leftOut > 0)
		.sort(([, a], [, b]) => b - a);
	if (counts.length === 0) return null;
	const sum = (some: typeof counts) => some.reduce((total, [, leftOut]) => total + leftOut, 0);
	const others = sum(counts.slice(MAX_KINDS_IN_SUMMARY));
	return {
		level: "warn",
		event: "log_limit",
		at: new Date(startedAt).toISOString(),
		left_out: sum(counts),
		kinds: {
			...Object.fromEntries(counts.slice(0, MAX_KINDS_IN_SUMMARY)),
			...(others > 0 ? { others } : {}),
		},
	};
}
