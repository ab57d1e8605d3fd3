/** How an isolate keeps the monitor's verdict up to date: one request at a time fetches it, and the others do not wait. */
import { VERDICT_LIFETIME_MS } from "../contract.ts";
import { askDurableObject, isBound } from "../durable-objects.ts";
import type { Env } from "../env.ts";
import { applyVerdict, type PoolStatus, type Verdict } from "./verdict.ts";

/** When an isolate last got the verdict, and when a request last asked for it: epoch ms, 0 = never. */
export interface VerdictClock {
	receivedAt: number;
	askedAt: number;
}

/** How long a handshake waits for the first verdict of a new isolate. */
export const FIRST_VERDICT_WAIT_MS = 150;
/** Deadlines of the monitor's answer: for the isolate's own use, and for statistics and the operator API. */
const REFRESH_DEADLINE_MS = 2000;
const READ_DEADLINE_MS = 5000;

/**
 * Whether this request must ask the monitor; if so, records that it does, so that others need not. Before the first
 * verdict every handshake asks for itself, since it must not wait for a promise of another request.
 */
export function claimRefresh(clock: VerdictClock, handshake: boolean, now: number): boolean {
	const age = now - clock.askedAt;
	if (handshake && clock.receivedAt === 0 && age < FIRST_VERDICT_WAIT_MS) return true;
	if (age < VERDICT_LIFETIME_MS) return false;
	clock.askedAt = now;
	return true;
}

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
export async function firstVerdict(clock: VerdictClock, refreshing: Promise<void> | null): Promise<void> {
	if (refreshing === null || clock.receivedAt > 0) return;
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
