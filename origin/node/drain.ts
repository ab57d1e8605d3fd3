/**
 * Closing a node's sessions without a herd: at a set rate, with jitter, by `close()` of the Engine.IO session.
 * The client sees "transport close" and is back in 0.5 to 1.5 s. Never `disconnectSockets`: a client told so
 * by the server does not come back by itself.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { PROBE_INTERVAL, VERDICT_LIFETIME } from "../../worker/contract.ts";

/** How a node drains. Times are milliseconds. */
export interface DrainPlan {
	/** From the first refusal to the first close: the edge's probe interval + the life of its cached verdict. */
	readonly wait: number;
	/** Sessions closed each second. */
	readonly rate: number;
	/** From the last close: sessions still there by then are dropped. */
	readonly deadline: number;
}

/** @see DrainPlan. 5 s probe interval + 3 s cache; 10 000 sessions in 50 s. */
export const DRAIN_PLAN: DrainPlan = { wait: PROBE_INTERVAL + VERDICT_LIFETIME, rate: 200, deadline: 10_000 };

/** What of an Engine.IO session is needed here. */
export interface Closable {
	close(discard?: boolean): void;
	once(event: "close", listener: () => void): void;
}

/** How far a drain is; for metrics and the person who waits. */
export interface DrainProgress {
	readonly state: "idle" | "waiting" | "closing" | "done";
	/** Sessions asked to close, and those that had to be dropped. */
	readonly closed: number;
	readonly dropped: number;
}

/** The pause before the next close, milliseconds: 1/rate on average, each between half and one and a half. */
export function closePause(rate: number, random: number): number {
	return (1_000 / rate) * (0.5 + random);
}

/**
 * Waits, closes all that `sessions` gives, waits for the last, drops what stays. Resolves when none is left.
 * New sessions must be refused before this is called.
 */
export async function drainSessions(
	sessions: () => Closable[],
	plan: DrainPlan,
	report: (progress: DrainProgress) => void,
): Promise<void> {
	report({ state: "waiting", closed: 0, dropped: 0 });
	await sleep(plan.wait);
	const leaving = sessions();
	let closed = 0;
	report({ state: "closing", closed, dropped: 0 });
	// Time is kept against a due time: timers of under a millisecond would make a high rate a lower one.
	let due = performance.now();
	for (const session of leaving) {
		session.close();
		closed += 1;
		report({ state: "closing", closed, dropped: 0 });
		due += closePause(plan.rate, Math.random());
		const ahead = due - performance.now();
		if (ahead >= 1) await sleep(ahead);
	}
	const dropped = await dropStragglers(sessions, plan.deadline);
	report({ state: "done", closed, dropped });
}

async function dropStragglers(sessions: () => Closable[], deadline: number): Promise<number> {
	const gone = Promise.all(
		sessions().map((session) => new Promise<void>((end) => session.once("close", end))),
	);
	const late = new AbortController();
	await Promise.race([gone, sleep(deadline, undefined, { signal: late.signal }).catch(() => {})]);
	late.abort();
	const stragglers = sessions();
	for (const session of stragglers) session.close(true);
	return stragglers.length;
}
