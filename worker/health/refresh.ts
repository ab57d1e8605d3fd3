/** How an isolate keeps the monitor's verdict: plain data, fetched by one request at a time, waited for by no other. */
import { VERDICT_LIFETIME } from "../contract.ts";
import type { Edge } from "../edge.ts";
import type { Env } from "../env.ts";
import { askShared, hasShared } from "../state.ts";
import { learn, type Verdict } from "./verdict.ts";

/** Milliseconds a new session of a cold isolate waits for its first verdict. */
export const COLD_WAIT = 150;
/** Milliseconds after which a silent monitor is given up, for this time. */
const ANSWER_LIMIT = 2000;

/**
 * Claims the refresh when one is due, and starts it. The promise belongs to this request alone and never
 * rejects; it must not reach module scope, where the end of this request would hang the others. In the
 * first moments of a cold isolate each handshake asks for itself: it may not wait for another's promise.
 */
export function refreshIfDue(edge: Edge, env: Env, handshake: boolean, now: number): Promise<void> | null {
	const { verdict } = edge;
	if (!hasShared(env, "monitor")) return null;
	const cold = handshake && verdict.at === 0 && now - verdict.claimedAt < COLD_WAIT;
	if (!cold && now - verdict.claimedAt < VERDICT_LIFETIME) return null;
	if (!cold) verdict.claimedAt = now;
	return refresh(edge, env);
}

/** Waits for the first verdict, but not long; later ones are never waited for. */
export async function coldWait(edge: Edge, refreshing: Promise<void> | null): Promise<void> {
	if (refreshing === null || edge.verdict.at > 0) return;
	const enough = Promise.withResolvers<void>();
	const timer = setTimeout(enough.resolve, COLD_WAIT);
	await Promise.race([refreshing, enough.promise]);
	clearTimeout(timer);
}

async function refresh(edge: Edge, env: Env): Promise<void> {
	const limit = new AbortController();
	const timer = setTimeout(() => limit.abort(), ANSWER_LIMIT);
	try {
		const response = await askShared(env, "monitor", "/verdict", { signal: limit.signal });
		if (!response.ok) return;
		learn(edge, (await response.json()) as Verdict);
		edge.verdict.at = Date.now();
	} catch {
		// The monitor is away: what is known stands, and the breaker has the isolate's own evidence.
	} finally {
		clearTimeout(timer);
	}
}
