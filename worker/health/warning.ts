/** Warnings about a node that works, each with the fix, and the hint for a node without a health check. */
import type { Config } from "../config/config.ts";
import type { Node, Pool } from "../config/pool.ts";
import type { NodeStatus } from "./node-table.ts";
import { ENGINE_ERROR_STATUS, engineCheckPath, NO_CHECK, type Probe } from "./probe.ts";
import type { NodeVerdict } from "./verdict.ts";

/** A warning: a code for metrics, such as `keep_alive`, and what to change. */
export interface Warning {
	readonly code: string;
	readonly fix: string;
}

/**
 * How long workerd keeps an idle connection to a node (kj's HttpClientSettings::idleTimeout, which no setting of
 * workerd changes). A node that closes it at the same time or earlier sometimes gets a request on a connection that it
 * is closing. Cloudflare's network keeps its own connections (900 s) and retries there.
 */
const WORKERD_IDLE_SECONDS = 5;

/** The warnings that a probe gives rise to. */
export function probeWarnings(
	platform: Config["platform"],
	node: Node,
	probe: Pick<Probe, "keepAliveSeconds"> | null,
): readonly Warning[] {
	const seconds = probe?.keepAliveSeconds ?? null;
	if (platform !== "workerd" || seconds === null || seconds > WORKERD_IDLE_SECONDS) return [];
	const fix =
		`Node ${node.id} closes idle connections after ${seconds} s, and the edge reuses them for ${WORKERD_IDLE_SECONDS} s, ` +
		"so now and then a POST is lost, which ends its session. Set server.keepAliveTimeout = 75_000 on its http server.";
	return [{ code: "keep_alive", fix }];
}

/** The log line for a warning. */
export function warningLine(warning: Warning, pool: Pool, node: Node): string {
	const { code, fix } = warning;
	return JSON.stringify({
		level: "warn",
		event: "warning",
		warning: code,
		pool: pool.name,
		node: node.id,
		url: node.url,
		cure: fix,
	});
}

/** An isolate logs the same warning again after this long. */
export const WARNING_LOG_INTERVAL_MS = 3_600_000;

/** Returns the log lines of the node's warnings that are due, and marks them as logged. */
export function takeWarningLines(status: NodeStatus, pool: Pool, now: number): string[] {
	const { node, warnings, warningsLoggedAt } = status;
	const lines: string[] = [];
	for (const [code, fix] of Object.entries(warnings)) {
		if (now - (warningsLoggedAt[code] ?? 0) < WARNING_LOG_INTERVAL_MS) continue;
		warningsLoggedAt[code] = now;
		lines.push(warningLine({ code, fix }, pool, node));
	}
	return lines;
}

/** The warnings about a node: the monitor's, then those that isolates reported under other codes. */
export function allWarnings(
	verdict: Pick<NodeVerdict, "warnings"> | null,
	reported: Readonly<Record<string, string>> = {},
): readonly Warning[] {
	const ours = verdict?.warnings ?? [];
	const others = Object.entries(reported).map(([code, fix]) => ({ code, fix }));
	return [...ours, ...others.filter(({ code }) => ours.every((each) => each.code !== code))];
}

/**
 * What to configure for a node without a check, so that the check no longer depends on what its health path answers;
 * null for other nodes. `verdicts` are those of the pool: its fields hold for all of its nodes, so nodes that follow the
 * contract would lose their reports.
 */
export function noCheckHint(
	pool: Pool,
	verdict: NodeVerdict | null,
	verdicts: readonly (NodeVerdict | null)[],
): string | null {
	if (verdict?.check?.word !== NO_CHECK) return null;
	const fields = `health_path = ${JSON.stringify(engineCheckPath(pool))} and health = { status = ${ENGINE_ERROR_STATUS} }`;
	const isMixed = verdicts.some((each) => each?.hasSpokenContract === true);
	const fix = isMixed
		? `Add attachEdge, as at other nodes of this pool, or list the node in a pool of its own with ${fields}`
		: `To check that permanently, set ${fields} in ${pool.variable}`;
	return `No health check: ${pool.healthPath} does not answer ${pool.health.status}, but Engine.IO answers. ${fix}.`;
}
