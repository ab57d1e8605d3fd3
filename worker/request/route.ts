/** Which pool a request belongs to: the Y axis. */
import type { Config } from "../config.ts";
import type { Pool } from "../pool.ts";
import { type Asked, hostName } from "./classify.ts";

/**
 * The pool of the most particular route for this host and path; null = none. Under an Engine.IO path the
 * pools that live on it come first, and of several on one path the one whose route has the path.
 */
export function route(config: Config, asked: Asked): Pool | null {
	let best: Pool | null = null;
	let highest = -1;
	for (const { host, path, pool } of config.routes) {
		if (host !== "" && host !== asked.host && host !== hostName(asked.host)) continue;
		const onSockets =
			asked.engine === null ? asked.path.startsWith(pool.socketPath) : pool.socketPath === asked.engine;
		if (asked.engine !== null && !onSockets) continue;
		const onPath = asked.path.startsWith(path);
		if (!onPath && !onSockets) continue;
		const length = Math.max(onPath ? path.length : 0, onSockets ? pool.socketPath.length : 0);
		const rank = (host === "" ? 0 : HOST) + length * 2 + (onPath ? 1 : 0);
		if (rank > highest) {
			highest = rank;
			best = pool;
		}
	}
	return best;
}

/** A named host counts for more than any path. */
const HOST = 1_000_000;
