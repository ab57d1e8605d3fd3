/** How an isolate keeps the monitor's verdict up to date: one request at a time fetches it, and the others do not wait. */
import { askDurableObject, isBound } from "../durable-objects.ts";
import type { Env } from "../env.ts";
import { FIRST_VERDICT_WAIT_MS, type VerdictClock } from "./node-table.ts";
import { applyVerdict, type PoolStatus, type Verdict } from "./verdict.ts";

/** Deadlines of the monitor's answer: for the isolate's own use, and for statistics and the operator API. */
const REFRESH_DEADLINE_MS = 2000;
const READ_DEADLINE_MS = 5000;

/**
 * Asks the monitor and applies its verdict. Never rejects. The promise belongs to this request: kept in module scope
 * it would hang other requests as soon as this one ends.
 */
export async function refreshVerdict(
	env: Env,
	pools: readonly PoolStatus[],
	clock: VerdictClock,
): Promise<void> {
	const verdict = await readVerdict(env, REFRESH_DEADLINE_MS);
	// Without an answer the last verdict stays in force, together with the isolate's own failure data.
	if (verdict === null) return;
	applyVerdict(pools, verdict);
	clock.receivedAt = Date.now();
}

/** Waits a short time for the first verdict of a new isolate. Nothing waits for later ones. */
export async function firstVerdict(clock: VerdictClock, refreshing: Promise<void>): Promise<void> {
	if (clock.receivedAt > 0) return;
	const enough = Promise.withResolvers<void>();
	const timer = setTimeout(enough.resolve, FIRST_VERDICT_WAIT_MS);
	await Promise.race([refreshing, enough.promise]);
	clearTimeout(timer);
}

/** The monitor's verdict; null when no monitor is bound or it does not answer. */
export async function readVerdict(env: Env, deadlineMs = READ_DEADLINE_MS): Promise<Verdict | null> {
	if (!isBound(env, "monitor")) return null;
	try {
		const { status, json } = await askDurableObject(env, "monitor", "/verdict", deadlineMs);
		return status === 200 ? (json as Verdict) : null;
	} catch {
		return null;
	}
}
