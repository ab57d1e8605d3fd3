/** Wrong tokens by client: their answers are delayed more and more, so that guesses and their log lines stay few. A right token is never delayed. */
import { clientKey } from "../policy/handshake-rate.ts";

/** A client's wrong tokens. Times are epoch ms. */
interface ClientFailures {
	/** In a row, without a pause of `FORGET_AFTER_MS`. */
	failures: number;
	lastAt: number;
	/** When each delayed answer is due. Not a number of waiting requests: one whose client leaves never ends. */
	dueAt: number[];
	/** When the last line was logged, and the failures since. */
	loggedAt: number;
	unlogged: number;
}

/** By client, the one that failed last at the end. Plain data, as all state that requests share. */
export interface FailedTokens {
	readonly clients: Map<string, ClientFailures>;
}

/** Wrong tokens that are answered at once; the next one waits the first delay, and each further one twice as long. */
export const FREE_TRIES = 3;
const FIRST_DELAY_MS = 125;
export const LONGEST_DELAY_MS = 2000;
/** Answers to one client that are delayed at a time. */
export const MAX_WAITING = 4;
export const FORGET_AFTER_MS = 600_000;
const LOG_INTERVAL_MS = 60_000;
/** Clients remembered, which bounds the memory: a further one takes the place of the one that failed longest ago. */
export const MAX_CLIENTS = 5000;

export function newFailedTokens(): FailedTokens {
	return { clients: new Map() };
}

export interface FailedToken {
	/** How long the answer waits; null = refused at once, since too many wait already. */
	readonly delayMs: number | null;
	/** Failures to log now, this one included; 0 = no line, since one was written within the last minute. */
	readonly count: number;
}

/** Records a wrong token of the client at `address`, and decides how it is answered. */
export function recordFailedToken({ clients }: FailedTokens, address: string, now: number): FailedToken {
	const key = clientKey(address);
	const known = clients.get(key);
	const client = known === undefined || now - known.lastAt > FORGET_AFTER_MS ? newClient() : known;
	clients.delete(key);
	clients.set(key, client);
	if (clients.size > MAX_CLIENTS) clients.delete(clients.keys().next().value!);
	client.failures += 1;
	client.lastAt = now;
	return { delayMs: delayOf(client, now), count: countToLog(client, now) };
}

/** The delay after `failures` wrong tokens in a row. */
export function delayAfter(failures: number): number {
	if (failures <= FREE_TRIES) return 0;
	return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - FREE_TRIES - 1));
}

function newClient(): ClientFailures {
	return { failures: 0, lastAt: 0, dueAt: [], loggedAt: Number.NEGATIVE_INFINITY, unlogged: 0 };
}

function delayOf(client: ClientFailures, now: number): number | null {
	const delayMs = delayAfter(client.failures);
	if (delayMs === 0) return 0;
	client.dueAt = client.dueAt.filter((due) => due > now);
	if (client.dueAt.length >= MAX_WAITING) return null;
	client.dueAt.push(now + delayMs);
	return delayMs;
}

function countToLog(client: ClientFailures, now: number): number {
	client.unlogged += 1;
	if (now - client.loggedAt < LOG_INTERVAL_MS) return 0;
	const count = client.unlogged;
	client.loggedAt = now;
	client.unlogged = 0;
	return count;
}
