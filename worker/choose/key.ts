/** The value that decides with `balance = "hash"`. */
import type { Pool } from "../pool.ts";
import { readCookie } from "../stick/cookie.ts";

/** Read from the request as `hash_on` says; null = the pool does not hash, or the request has no such value. */
export function hashKey(pool: Pool, search: string, headers: Headers): string | null {
	if (pool.balance !== "hash" || pool.hashOn === null) return null;
	const { kind, name } = pool.hashOn;
	if (kind === "header") return headers.get(name);
	if (kind === "cookie") return readCookie(headers.get("cookie"), name);
	return new URLSearchParams(search).get(name);
}
