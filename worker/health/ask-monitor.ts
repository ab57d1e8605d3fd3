/** How an isolate keeps the monitor's verdict up to date. */
import { VERDICT_LIFETIME_MS } from "../contract.ts";
import { withDeadline } from "../deadline.ts";
import { askDurableObject, isBound } from "../durable-objects.ts";
import type { Env } from "../env.ts";
import { applyVerdict, type PoolStatus, type Verdict } from "./verdict.ts";

/** When an isolate last got the verdict, and when a request last asked for it: epoch ms, 0 = never. */
export interface VerdictClock {
	receivedAt: number;
	askedAt: number;
	/** Whether the monitor did not answer the last question; then no request waits for it, until a verdict's lifetime after that. */
	isSilent: boolean;
}

/** With steady traffic the verdict is fetched this often, so that no request has to wait for it. */
const REFRESH_INTERVAL_MS = 2000;
/** The longest that a request waits for a verdict when the last one is older than its lifetime. */
const VERDICT_WAIT_MS = 150;
/** Deadlines of the monitor's answer: for the isolate's own use, and for statistics and the operator API. */
const REFRESH_DEADLINE_MS = 2000;
const READ_DEADLINE_MS = 5000;

/** What a request does about the verdict: nothing, ask for it in the background, or ask and wait for the answer. */
export type RefreshDecision = "none" | "refresh" | "wait";

/**
 * Decides whether this request asks the monitor; if so, records that it does, so that others need not. When the last
 * verdict has expired, every request within `VERDICT_WAIT_MS` of the last question asks and waits for its own answer,
 * since it must not wait for a promise of another request; later ones use the old verdict until
 * `REFRESH_INTERVAL_MS` has passed. If the monitor did not answer the last question, only one request in each verdict's
 * lifetime waits.
 */
export function claimRefresh(clock: VerdictClock, now: number): RefreshDecision {
	const sinceAsked = now - clock.askedAt;
	const hasExpired = now - clock.receivedAt >= VERDICT_LIFETIME_MS;
	const mustWait = hasExpired && (!clock.isSilent || sinceAsked >= VERDICT_LIFETIME_MS);
	if (mustWait && sinceAsked < VERDICT_WAIT_MS) return "wait";
	if (sinceAsked < REFRESH_INTERVAL_MS) return "none";
	clock.askedAt = now;
	return mustWait ? "wait" : "refresh";
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
	clock.isSilent = verdict === null;
	// Without an answer the last verdict stays in force, together with the isolate's own failure data.
	if (verdict === null) return;
	applyVerdict(pools, verdict);
	clock.receivedAt = Date.now();
}

/** Waits for a verdict, but not longer than `VERDICT_WAIT_MS`. */
export async function awaitVerdict(refreshing: Promise<void>): Promise<void> {
	await withDeadline(VERDICT_WAIT_MS, refreshing).catch(() => {});
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
