/** What a cluster consists of: its options, and the plan made from them. */
import { UsageError } from "../../worker/command-line/command.ts";
import { DEFAULT_DRAIN, type DrainPlan } from "../node/drain.ts";
import { isRedisUrl, withoutCredentials } from "../node/redis-url.ts";

/** Node i listens on `port + i`, with TLS on `tls.port + i`; port 0 = any free port for each. */
export interface ClusterOptions {
	readonly nodes: number;
	readonly port: number;
	/** @default "127.0.0.1" */
	readonly host?: string | undefined;
	/** An additional port with TLS for each node. `port` defaults to `port + nodes` above. @default none */
	readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly port?: number } | undefined;
	/** Port of the Flash policy server; 0 = any free port. @default no such server */
	readonly policyPort?: number | undefined;
	/** Maximum sessions of each node; 0 = no limit. @default 0 */
	readonly limit?: number | undefined;
	/** Secrets that the edge may send; if any is set, only the edge is served. @default none */
	readonly secrets?: readonly string[] | undefined;
	/** @default `DEFAULT_DRAIN` */
	readonly drain?: Partial<DrainPlan> | undefined;
	/** URL of a Redis that connects the nodes; clients then recover what they missed. @default the built-in adapter */
	readonly redis?: string | undefined;
}

/** A node's own TLS port, with its PEM files. Port 0 = any free port. */
export interface NodeTls {
	readonly certFile: string;
	readonly keyFile: string;
	readonly port: number;
}

/** Everything one node needs to know. Port 0 = any free port. */
export interface NodePlan {
	readonly node: string;
	readonly host: string;
	readonly port: number;
	readonly tls: NodeTls | null;
	/** Maximum sessions; 0 = no limit. */
	readonly limit: number;
	/** If any is set, only the edge is served. */
	readonly secrets: readonly string[];
	readonly drain: DrainPlan;
	/** URL of the Redis that connects the nodes, perhaps with a password; null = the built-in adapter. */
	readonly redis: string | null;
}

/** Everything a cluster needs to know. */
export interface ClusterPlan {
	readonly nodes: readonly NodePlan[];
	readonly host: string;
	/** null = no Flash policy server. */
	readonly policyPort: number | null;
}

/** Resolves the options; the nodes are called n1, n2, … Throws a `UsageError` that names the flag. */
export function planCluster(options: ClusterOptions): ClusterPlan {
	const { nodes, port, host = "127.0.0.1", tls, policyPort = null } = options;
	const { limit = 0, secrets = [], redis = null } = options;
	const drain = { ...DEFAULT_DRAIN, ...options.drain };
	const tlsPort = tls?.port ?? (port === 0 ? 0 : port + nodes);
	checkPortRange(port, nodes, "--port");
	if (tls !== undefined) checkPortRange(tlsPort, nodes, "--tls-port");
	if (redis !== null && !isRedisUrl(redis))
		throw new UsageError(
			`--redis ${withoutCredentials(redis)} is not a Redis URL; use redis://host:port or rediss://host:port`,
		);
	return {
		nodes: Array.from({ length: nodes }, (_, index) => ({
			node: `n${index + 1}`,
			host,
			port: nthPort(port, index),
			tls: tls === undefined ? null : { ...tls, port: nthPort(tlsPort, index) },
			limit,
			secrets,
			drain,
			redis,
		})),
		host,
		policyPort,
	};
}

function nthPort(first: number, index: number): number {
	return first === 0 ? 0 : first + index;
}

function checkPortRange(first: number, count: number, flag: string): void {
	if (first !== 0 && first + count - 1 > 65_535)
		throw new UsageError(
			`${flag} ${first} with ${count} nodes goes beyond port 65535; use ${65_536 - count} or lower`,
		);
}
