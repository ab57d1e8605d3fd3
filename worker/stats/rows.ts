/** The rows of the statistics, from which every view is rendered. Pure functions. */
import type { Config } from "../config/config.ts";
import type { Node, Pool } from "../config/pool.ts";
import { type NodeState, TRAFFICS, type Traffic } from "../contract.ts";
import type { NodeVerdict, Verdict } from "../health/verdict.ts";
import { allWarnings, noCheckHint, type Warning } from "../health/warning.ts";
import type { Totals } from "./ledger.ts";
import { FRONT, keyOf, type Sums } from "./sums.ts";

/** One row. Null = unknown, or meaningless in this row. */
export interface Row {
	readonly kind: "frontend" | "backend" | "server";
	/** HAProxy's pxname and svname. */
	readonly proxy: string;
	readonly server: string;
	readonly traffic: Traffic | null;
	readonly pool: string | null;
	readonly counts: Sums;
	/** Engine.IO sessions opened; in an http row, requests. */
	readonly total: number;
	/** Live sessions as the nodes last reported them, their maximum so far, and the limit. */
	readonly live: number | null;
	readonly liveMax: number | null;
	readonly limit: number | null;
	/** `total` per second: over the last 10 to 20 s, and the highest over 10 s. */
	readonly rate: number;
	readonly rateMax: number;
	readonly requestRate: number;
	/** Average ms until the node's headers, and until the answer's; polls are not included. */
	readonly waitMs: number | null;
	readonly totalMs: number | null;
	/** Share of the sessions opened by polling that upgraded to WebSocket, 0 to 1. */
	readonly upgraded: number | null;
	readonly status: NodeState | "OPEN" | "no check";
	readonly health: Health | null;
	/** Warnings about a node, with the fix, and the hint for one without a check. */
	readonly warnings: readonly Warning[];
	readonly hint: string | null;
}

/** The monitor's verdict on one node. */
export interface Health {
	readonly weight: number;
	/** The operator's weight; null = the configured one is in force. */
	readonly operatorWeight: number | null;
	readonly configuredWeight: number;
	/** Seconds since the last change of state; null = none yet. */
	readonly changed: number | null;
	readonly reason: string;
	/** The admin state; `word` is its earlier name. */
	readonly adminState: string;
	readonly word: string;
	readonly fault: string;
	readonly check: NodeVerdict["check"];
	readonly failedChecks: number;
	readonly downs: number;
	/** Seconds. */
	readonly downtime: number;
	/** The percentage of its weight that it gets during slow start; null = all of it. */
	readonly throttle: number | null;
	/** Sessions closed, by Engine.IO's reason, and sessions opened, since the node's process started. */
	readonly closed: Readonly<Record<string, number>> | null;
	readonly opened: number | null;
}

/** All rows in HAProxy's order: the frontend, then for each pool's traffic the nodes and the backend. `verdict` is null when there is no monitor or it did not answer. */
export function rowsOf(
	config: Pick<Config, "pools">,
	totals: Totals,
	verdict: Verdict | null,
	now: number,
): Row[] {
	const rows = [frontRow(totals)];
	for (const pool of config.pools) {
		const verdicts = pool.nodes.map((node) => verdictOf(verdict, pool, node));
		const notes = pool.nodes.map((node, i) => ({
			warnings: allWarnings(verdicts[i]!, totals.warnings[`${pool.name}/${node.id}`]),
			hint: noCheckHint(pool, verdicts[i]!, verdicts),
		}));
		for (const traffic of TRAFFICS) {
			for (const [i, node] of pool.nodes.entries())
				rows.push({ ...serverRow(totals, pool, traffic, node, verdicts[i]!, now), ...notes[i]! });
			rows.push(backendRow(totals, pool, traffic, verdicts));
		}
	}
	return rows;
}

const NO_NOTES = { warnings: [], hint: null } as const;

function frontRow(totals: Totals): Row {
	const figures = figuresOf(totals, FRONT, null);
	return {
		...figures,
		kind: "frontend",
		proxy: "edge",
		server: "FRONTEND",
		pool: null,
		live: null,
		liveMax: null,
		limit: null,
		upgraded: null,
		status: "OPEN",
		health: null,
		...NO_NOTES,
	};
}

function serverRow(
	totals: Totals,
	pool: Pool,
	traffic: Traffic,
	node: Node,
	health: NodeVerdict | null,
	now: number,
): Omit<Row, keyof typeof NO_NOTES> {
	const limit = health?.health?.limit || node.maxSessions;
	return {
		...figuresOf(totals, keyOf(pool.name, traffic, node.id), traffic),
		kind: "server",
		proxy: keyOf(pool.name, traffic, null),
		server: node.id,
		pool: pool.name,
		...liveAndMax(totals, keyOf(pool.name, traffic, node.id), liveOf(health, traffic)),
		limit: limit > 0 && traffic !== "http" ? limit : null,
		upgraded: null,
		status: health?.state ?? "no check",
		health: health === null ? null : healthOf(health, pool, node, now),
	};
}

function backendRow(
	totals: Totals,
	pool: Pool,
	traffic: Traffic,
	verdicts: readonly (NodeVerdict | null)[],
): Row {
	const proxy = keyOf(pool.name, traffic, null);
	const figures = figuresOf(totals, proxy, traffic);
	const lives = verdicts.map((each) => liveOf(each, traffic)).filter((live) => live !== null);
	const anyUp = verdicts.some((each) => each === null || each.state === "UP");
	return {
		...figures,
		kind: "backend",
		proxy,
		server: "BACKEND",
		pool: pool.name,
		...liveAndMax(totals, proxy, lives.length > 0 ? lives.reduce((sum, live) => sum + live, 0) : null),
		limit: null,
		upgraded: traffic === "polling" ? upgradedShare(totals, pool, figures.total) : null,
		status: anyUp ? "UP" : "DOWN",
		health: null,
		...NO_NOTES,
	};
}

function figuresOf(totals: Totals, key: string, traffic: Traffic | null) {
	const counts = totals.counts[key] ?? {};
	const counter = traffic === "http" ? "requests" : "sessions";
	const average = (name: string) => (counts["waits"] ? (counts[name] ?? 0) / counts["waits"] : null);
	return {
		traffic,
		counts,
		total: counts[counter] ?? 0,
		rate: totals.rates[key]?.[counter] ?? 0,
		rateMax: totals.rateMax[key]?.[counter] ?? 0,
		requestRate: totals.rates[key]?.requests ?? 0,
		waitMs: average("wait_ms"),
		totalMs: average("total_ms"),
	};
}

function upgradedShare(totals: Totals, pool: Pool, opened: number): number | null {
	if (opened === 0) return null;
	const done = (["websocket", "flashsocket"] as const).map(
		(traffic) => totals.counts[keyOf(pool.name, traffic, null)]?.["upgrades_done"] ?? 0,
	);
	return Math.min(1, (done[0]! + done[1]!) / opened);
}

function verdictOf(verdict: Verdict | null, pool: Pool, node: Node): NodeVerdict | null {
	return verdict?.nodes.find((each) => each.pool === pool.name && each.node === node.id) ?? null;
}

/** The live sessions and their maximum. The ledger's maximum lags behind, so the current number may exceed it. */
function liveAndMax(totals: Totals, key: string, live: number | null) {
	const max = totals.liveMax[key] ?? null;
	return { live, liveMax: live === null || max === null ? (max ?? live) : Math.max(max, live) };
}

/** The sessions a node reports, which do not include requests outside Engine.IO. A report from before it went DOWN is no longer true. */
function liveOf(verdict: NodeVerdict | null, traffic: Traffic): number | null {
	return traffic === "http" || verdict?.state === "DOWN"
		? null
		: (verdict?.health?.transports[traffic] ?? null);
}

function healthOf(verdict: NodeVerdict, pool: Pool, node: Node, now: number): Health {
	const share = verdict.risen === 0 || pool.slowStart === 0 ? 1 : (now - verdict.risen) / pool.slowStart;
	return {
		weight: verdict.weight,
		operatorWeight: verdict.operatorWeight ?? null,
		configuredWeight: node.weight,
		changed: verdict.since === 0 ? null : Math.max(0, Math.round((now - verdict.since) / 1000)),
		reason: verdict.reason,
		adminState: verdict.adminState,
		word: verdict.adminState,
		fault: verdict.fault,
		check: verdict.check,
		failedChecks: verdict.failedProbes,
		downs: verdict.downs,
		downtime: Math.round(verdict.downtime / 1000),
		throttle: share >= 1 ? null : Math.max(0, Math.round(share * 100)),
		closed: verdict.health?.closed ?? null,
		opened: verdict.health?.opened ?? null,
	};
}

/** Requests that the frontend refused, for any reason. */
export function deniedOf({ counts }: Row): number {
	let denied = counts["plain_upgrades"] ?? 0;
	for (const [name, value] of Object.entries(counts)) if (name.startsWith("denied_")) denied += value;
	return denied;
}
