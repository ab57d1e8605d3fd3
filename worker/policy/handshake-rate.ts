/** The limit on new sessions per client: Cloudflare's rate limiter where one is bound, else a count in the isolate. */
import { parseAddress } from "../config/addresses.ts";
import type { Pool } from "../config/pool.ts";
import type { Env } from "../env.ts";
import { type Denial, denyRate } from "./denial.ts";

/** The handshakes of the current minute by client, counted in each isolate. */
export interface HandshakeRate {
	/** Epoch ms. */
	minuteStartMs: number;
	readonly counts: Map<string, number>;
}

const MINUTE_MS = 60_000;
/** Clients remembered per minute, which bounds the memory: further clients are not counted. */
const MAX_CLIENTS = 20_000;

export function newHandshakeRate(): HandshakeRate {
	return { minuteStartMs: 0, counts: new Map() };
}

/** Counts a handshake, and denies it above the limit. A client whose address is unknown always passes. */
export async function admitHandshake(
	rate: HandshakeRate,
	env: Env,
	pool: Pool,
	clientIp: string,
	origin: string | null,
	now: number,
): Promise<Denial | null> {
	if (clientIp === "") return null;
	const client = `${pool.name} ${clientKey(clientIp)}`;
	if (pool.handshakeRate > 0 && !countHandshake(rate, client, pool.handshakeRate, now))
		return denyRate(origin);
	if (env.HANDSHAKE_LIMITER === undefined) return null;
	try {
		return (await env.HANDSHAKE_LIMITER.limit({ key: client })).success ? null : denyRate(origin);
	} catch {
		// An unavailable limiter must not turn clients away.
		return null;
	}
}

/** Counts one handshake of `client`; false when it exceeds `limit` per minute. */
export function countHandshake(rate: HandshakeRate, client: string, limit: number, now: number): boolean {
	const minuteStartMs = now - (now % MINUTE_MS);
	if (minuteStartMs !== rate.minuteStartMs) {
		rate.minuteStartMs = minuteStartMs;
		rate.counts.clear();
	}
	const count = rate.counts.get(client) ?? 0;
	if (count >= limit) return false;
	if (count > 0 || rate.counts.size < MAX_CLIENTS) rate.counts.set(client, count + 1);
	return true;
}

/**
 * The key under which a client is counted: its IPv4 address, or its IPv6 /64 (RFC 4291 section 2.5.4), since one
 * host can use all 2^64 addresses in it.
 */
export function clientKey(address: string): string {
	if (!address.includes(":")) return address;
	const words = parseAddress(address);
	if (words === null) return address;
	// An IPv4-mapped address (RFC 4291 section 2.5.5.2) is an IPv4 address.
	if (words.length === 1) return [24, 16, 8, 0].map((shift) => (words[0]! >>> shift) & 0xff).join(".");
	const groups = words.slice(0, 2).flatMap((word) => [word >>> 16, word & 0xffff]);
	return `${groups.map((group) => group.toString(16)).join(":")}::/64`;
}
