/** The state that an isolate keeps between requests: the checked configuration, the nodes' status and the counters. Plain data only. */
import { type FailedTokens, newFailedTokens } from "./admin/failed-tokens.ts";
import { type Config, readConfig } from "./config/config.ts";
import type { Env } from "./env.ts";
import type { VerdictClock } from "./health/ask-monitor.ts";
import { newNodeTable } from "./health/node-table.ts";
import type { PoolStatus } from "./health/verdict.ts";
import { type BodyMemory, newBodyMemory } from "./policy/body.ts";
import { type HandshakeRate, newHandshakeRate } from "./policy/handshake-rate.ts";
import { type Counters, newCounters } from "./stats/counters.ts";
import { type LogLimits, newLogLimits } from "./stats/log-limit.ts";

export interface Isolate {
	readonly config: Config;
	/** By the pool's index. */
	readonly pools: readonly PoolStatus[];
	readonly counters: Counters;
	readonly verdictClock: VerdictClock;
	readonly handshakes: HandshakeRate;
	readonly bodies: BodyMemory;
	readonly logLimits: LogLimits;
	readonly failedTokens: FailedTokens;
}

/** Reads the configuration. Null when it is invalid; the log then names each problem. */
export function readIsolate(env: Env): Isolate | null {
	const config = readConfig(env);
	if ("pools" in config) return newIsolate(config);
	console.error(JSON.stringify({ level: "error", code: "EDGE_CONFIG", problems: config }));
	return null;
}

/** The state of a new isolate, which has no reports about its nodes yet. */
export function newIsolate(config: Config): Isolate {
	return {
		config,
		pools: config.pools.map((pool) => ({
			pool,
			table: newNodeTable(pool, Math.floor(Math.random() * 1000)),
		})),
		counters: newCounters(
			config.pools.map((pool) => pool.nodes.length),
			Date.now(),
		),
		verdictClock: { receivedAt: 0, askedAt: 0, isSilent: false },
		handshakes: newHandshakeRate(),
		bodies: newBodyMemory(),
		logLimits: newLogLimits(),
		failedTokens: newFailedTokens(),
	};
}
