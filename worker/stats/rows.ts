/** Statistics as rows: what every face of them is made from. Pure. */
import type { Config } from "../config.ts";
import { type State, TRAFFICS, type Traffic } from "../contract.ts";
import type { NodeVerdict, Verdict } from "../health/verdict.ts";
import type { Node, Pool } from "../pool.ts";
import type { Totals } from "./ledger.ts";
import { FRONT, keyOf, type Sums } from "./sums.ts";

/** One line of the statistics. Null = not known, or without meaning there. */
export interface Row {
	readonly kind: "frontend" | "backend" | "server";
	/** HAProxy's pxname and svname. */
	readonly proxy: string;
	readonly server: string;
	readonly traffic: Traffic | null;
	readonly pool: string | null;
	readonly counts: Sums;
	/** Engine.IO sessions opened; requests in an http row, which has no sessions. */
	readonly total: number;
	/** Live sessions as the nodes last reported them, the most of them seen, and the most allowed. */
	readonly live: number | null;
	readonly liveMax: number | null;
	readonly limit: number | null;
	/** Of `total`, a second: over the last 10 to 20 s, and the highest over 10 s. */
	readonly rate: number;
	readonly rateMax: number;
	readonly requestRate: number;
	/** Average ms until a node's headers, and until the answer's; polls held open are left out. */
	readonly waitMs: number | null;
	readonly totalMs: number | null;
	/** Of the sessions opened by polling, how many went on to a WebSocket; 0 to 1. */
	readonly upgraded: number | null;
	readonly status: State | "OPEN" | "no check";
	readonly health: Health | null;
}

/** What the monitor says of one node. */
export interface Health {
	readonly weight: number;
	/** Seconds since the last change of state; null = none seen. */
	readonly changed: number | null;
	readonly reason: string;
	readonly word: string;
	readonly fault: string;
	readonly check: NodeVerdict["check"];
	readonly failedChecks: number;
	readonly downs: number;
	/** Seconds. */
	readonly downtime: number;
	/** Percent of its share it gets while it starts slowly; null = all of it. */
	readonly throttle: number | null;
	/** Sessions its process has closed, by Engine.IO's reason, and opened. */
	readonly closed: Readonly<Record<string, number>> | null;
	readonly opened: number | null;
}

/** What the nodes are known to do; null when no monitor is bound or it is away. */
export type Seen = Verdict | null;

/** Every row: the frontend, then each pool's traffic with its nodes before it, as HAProxy lists them. */
export function rowsOf(config: Config, totals: Totals, seen: Seen, now: number): Row[] {
	const rows = [frontRow(totals)];
	for (const pool of config.pools) {
		const health = new Map(pool.nodes.map((node) => [node, verdictOf(seen, pool, node)] as const));
		for (const traffic of TRAFFICS) {
			for (const node of pool.nodes)
				rows.push(serverRow(totals, pool, traffic, node, health.get(node)!, now));
			rows.push(backendRow(totals, pool, traffic, [...health.values()]));
		}
	}
	return rows;
}

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
	};
}

function serverRow(
	totals: Totals,
	pool: Pool,
	traffic: Traffic,
	node: Node,
	said: NodeVerdict | null,
	now: number,
): Row {
	const limit = said?.health?.limit || node.maxSessions;
	return {
		...figuresOf(totals, keyOf(pool.name, traffic, node.id), traffic),
		kind: "server",
		proxy: keyOf(pool.name, traffic, null),
		server: node.id,
		pool: pool.name,
		...liveAndMax(totals, keyOf(pool.name, traffic, node.id), liveOf(said, traffic)),
		limit: limit > 0 && traffic !== "http" ? limit : null,
		upgraded: null,
		status: said?.state ?? "no check",
		health: said === null ? null : healthOf(said, pool, now),
	};
}

function backendRow(
	totals: Totals,
	pool: Pool,
	traffic: Traffic,
	said: readonly (NodeVerdict | null)[],
): Row {
	const proxy = keyOf(pool.name, traffic, null);
	const figures = figuresOf(totals, proxy, traffic);
	const lives = said.map((each) => liveOf(each, traffic)).filter((live) => live !== null);
	const anyUp = said.some((each) => each === null || each.state === "UP");
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
	};
}

function figuresOf(totals: Totals, key: string, traffic: Traffic | null) {
	const counts = totals.counts[key] ?? {};
	const what = traffic === "http" ? "requests" : "sessions";
	const average = (name: string) => (counts["waits"] ? (counts[name] ?? 0) / counts["waits"] : null);
	return {
		traffic,
		counts,
		total: counts[what] ?? 0,
		rate: totals.rates[key]?.[what] ?? 0,
		rateMax: totals.rateMax[key]?.[what] ?? 0,
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

function verdictOf(seen: Seen, pool: Pool, node: Node): NodeVerdict | null {
	return seen?.nodes.find((each) => each.pool === pool.name && each.node === node.id) ?? null;
}

/** The live sessions, and the most: what the ledger was told, which lags behind what is live now. */
function liveAndMax(totals: Totals, key: string, live: number | null) {
	const told = totals.liveMax[key] ?? null;
	return { live, liveMax: live === null || told === null ? (told ?? live) : Math.max(told, live) };
}

/** Sessions a node reports; it knows nothing of plain http. What a node said before it went DOWN holds no more. */
function liveOf(said: NodeVerdict | null, traffic: Traffic): number | null {
	return traffic === "http" || said?.state === "DOWN" ? null : (said?.health?.transports[traffic] ?? null);
}

function healthOf(said: NodeVerdict, pool: Pool, now: number): Health {
	const risen = said.risen === 0 || pool.slowStart === 0 ? 1 : (now - said.risen) / pool.slowStart;
	return {
		weight: said.weight,
		changed: said.since === 0 ? null : Math.max(0, Math.round((now - said.since) / 1000)),
		reason: said.reason,
		word: said.word,
		fault: said.fault,
		check: said.check,
		failedChecks: said.failedProbes,
		downs: said.downs,
		downtime: Math.round(said.downtime / 1000),
		throttle: risen >= 1 ? null : Math.max(0, Math.round(risen * 100)),
		closed: said.health?.closed ?? null,
		opened: said.health?.opened ?? null,
	};
}
