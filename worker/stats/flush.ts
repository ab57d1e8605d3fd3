/** An isolate's counts on their way to the ledger: at most one flush every 10 s, after an answer's headers, never waited for. */
import type { Edge } from "../edge.ts";
import type { Env } from "../env.ts";
import { askShared, hasShared } from "../state.ts";
import type { Counters } from "./counters.ts";
import { type Counts, countsOf, liveOf, type Sums } from "./sums.ts";

/** Milliseconds between flushes. */
export const FLUSH_EVERY = 10_000;
/**
 * An isolate the ledger took nothing from for longer comes back under a new name: the ledger forgets names, two
 * days later than this. What was tried in vain until then is given up, for the ledger may have taken it: too
 * few are counted rather than some twice.
 */
export const SILENCE = 5 * 86_400_000;
/** Milliseconds after which the ledger is given up, for this time. */
const ANSWER_LIMIT = 5000;

/**
 * What one flush says: all that the isolate counted under this name. The ledger takes the highest sequence
 * it saw of each isolate, so a flush that is lost or sent twice changes no total once the next arrives.
 */
export interface Flush {
	readonly isolate: string;
	readonly sequence: number;
	readonly counts: Counts;
	/** Live sessions as last reported, by pool's traffic and by node's share of it; empty = not known. */
	readonly live: Sums;
}

/**
 * Flushes when it is due. On Cloudflare, where an isolate may vanish at any time, a request that comes too
 * early promises a flush for when it is due: so 10 s of counts are all that a dying isolate can lose.
 */
export function flushIfDue(edge: Edge, env: Env, ctx: ExecutionContext, now: number): void {
	const { counters } = edge;
	const due = counters.triedAt + FLUSH_EVERY;
	if (now >= due) {
		if (hasShared(env, "ledger")) ctx.waitUntil(flush(edge, env));
	} else if (
		edge.config.platform === "cloudflare" &&
		counters.promisedUntil < now &&
		hasShared(env, "ledger")
	) {
		counters.promisedUntil = due + FLUSH_EVERY;
		ctx.waitUntil(later(due - now).then(() => kept(edge, env)));
	}
}

/** Sends what was counted. Returns whether the ledger took it; never rejects. */
export async function flush(edge: Edge, env: Env): Promise<boolean> {
	const { counters } = edge;
	if (!hasShared(env, "ledger")) return false;
	const limit = new AbortController();
	const timer = setTimeout(() => limit.abort(), ANSWER_LIMIT);
	const next = nextFlush(counters, edge, Date.now());
	try {
		const response = await askShared(env, "ledger", "/flush", {
			method: "POST",
			body: JSON.stringify(next),
			signal: limit.signal,
		});
		if (response.ok) taken(counters, next, Date.now());
		await response.body?.cancel();
		return response.ok;
	} catch {
		// The ledger is away: the next flush carries these counts too.
		return false;
	} finally {
		clearTimeout(timer);
	}
}

/** The next flush, and the counters' memory of it. */
export function nextFlush(counters: Counters, edge: Pick<Edge, "config" | "known">, now: number): Flush {
	if (counters.isolate !== "" && now - counters.flushedAt > SILENCE) {
		for (let i = 0; i < counters.numbers.length; i++) counters.numbers[i]! -= counters.sent[i]!;
		counters.isolate = "";
	}
	if (counters.isolate === "") {
		counters.isolate = crypto.randomUUID();
		counters.sequence = 0;
		counters.flushedAt = now;
	}
	counters.triedAt = now;
	counters.sequence += 1;
	counters.sent.set(counters.numbers);
	const { isolate, sequence } = counters;
	const { pools } = edge.config;
	return { isolate, sequence, counts: countsOf(counters, pools), live: liveOf(edge.known, pools) };
}

/** The ledger said it has the flush; one of an earlier name says nothing about this one. */
export function taken(counters: Counters, flush: Flush, now: number): void {
	if (flush.isolate === counters.isolate) counters.flushedAt = now;
}

function kept(edge: Edge, env: Env): Promise<boolean> | boolean {
	edge.counters.promisedUntil = 0;
	return Date.now() - edge.counters.triedAt < FLUSH_EVERY || flush(edge, env);
}

function later(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
