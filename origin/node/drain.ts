/**
 * Draining closes a node's sessions at a limited rate with jitter, so that their clients do not all reconnect
 * at once. Each is closed with `close()` of the Engine.IO session: the client sees "transport close" and
 * reconnects within 0.5 to 1.5 s. `disconnectSockets` would not do: after "io server disconnect" a client
 * does not reconnect by itself.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { PROBE_INTERVAL_MS, VERDICT_LIFETIME_MS } from "../../worker/contract.ts";

/** How a node drains. Times are in milliseconds. */
export interface DrainPlan {
	/** From the first refusal to the first close: the edge's probe interval plus the lifetime of its verdict. */
	readonly wait: number;
	/** Sessions closed per second. */
	readonly rate: number;
	/** From the last close: sessions that are still open then are dropped. */
	readonly deadline: number;
}

/** Waits 5 s + 3 s; 10,000 sessions take 50 s. */
export const DEFAULT_DRAIN: DrainPlan = {
	wait: PROBE_INTERVAL_MS + VERDICT_LIFETIME_MS,
	rate: 200,
	deadline: 10_000,
};

/** The part of an Engine.IO session that draining uses. */
export interface ClosableSession {
	close(discard?: boolean): void;
	once(event: "close", listener: () => void): void;
}

/** How far a drain has come, for metrics and operators. */
export interface DrainProgress {
	readonly state: "idle" | "waiting" | "closing" | "done";
	/** Sessions asked to close. */
	readonly closed: number;
	/** Sessions dropped at the deadline. */
	readonly dropped: number;
}

/** The delay before the next close, in milliseconds: 1/rate on average, varied by ±50 %. `random` is 0 to 1. */
export function closeDelayMs(rate: number, random: number): number {
	return (1_000 / rate) * (0.5 + random);
}

/**
 * Waits, closes the sessions one by one, waits for the last, and drops those still open at the deadline.
 * Resolves when none is left. The caller must refuse new sessions first.
 */
export async function drainSessions(
	liveSessions: () => ClosableSession[],
	plan: DrainPlan,
	report: (progress: DrainProgress) => void,
): Promise<void> {
	report({ state: "waiting", closed: 0, dropped: 0 });
	await sleep(plan.wait);
	let closed = 0;
	report({ state: "closing", closed, dropped: 0 });
	// Each close has a scheduled time: sleeping for less than a millisecond each would lower a high rate.
	let scheduled = performance.now();
	for (const session of liveSessions()) {
		session.close();
		closed += 1;
		report({ state: "closing", closed, dropped: 0 });
		scheduled += closeDelayMs(plan.rate, Math.random());
		const remaining = scheduled - performance.now();
		if (remaining >= 1) await sleep(remaining);
	}
	const dropped = await dropAtDeadline(liveSessions, plan.deadline);
	report({ state: "done", closed, dropped });
}

/** Returns how many sessions had to be dropped. */
async function dropAtDeadline(liveSessions: () => ClosableSession[], deadlineMs: number): Promise<number> {
	const allClosed = Promise.all(
		liveSessions().map((session) => new Promise<void>((resolve) => session.once("close", resolve))),
	);
	const timer = new AbortController();
	await Promise.race([allClosed, sleep(deadlineMs, undefined, { signal: timer.signal }).catch(() => {})]);
	timer.abort();
	const remaining = liveSessions();
	for (const session of remaining) session.close(true);
	return remaining.length;
}
