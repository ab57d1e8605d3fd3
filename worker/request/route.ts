/** Which pool a request belongs to: the Y axis. */
import type { Config } from "../config.ts";
import type { Pool } from "../pool.ts";
import { type Asked, hostName } from "./classify.ts";

/**
 * The pool of the most particular route that matches host and path; null = none does. A request on an
 * Engine.IO path belongs to a pool that lives on that path.
 */
export function route(config: Config, asked: Asked): Pool | null {
	for (const { host, path, pool } of config.routes) {
		if (host !== "" && host !== asked.host && host !== hostName(asked.host)) continue;
		if (asked.engine !== null) {
			if (pool.socketPath === asked.engine) return pool;
		} else if (asked.path.startsWith(path) || asked.path.startsWith(pool.socketPath)) {
			return pool;
		}
	}
	return null;
}
