/** Statistics for Prometheus (exposition format 0.0.4): HAProxy's metric names where the meaning is the same, our own elsewhere. */
import { NODE_STATES } from "../../contract.ts";
import { ENGINE_CODES, STATUS_CLASSES, WAIT_BUCKETS_MS } from "../counters.ts";
import type { Row } from "../rows.ts";
import type { Statistics } from "../statistics.ts";
import { type Family, gauge, histogram, render, total } from "./exposition.ts";
import { frontendOnly } from "./frontend-metrics.ts";
import { type ExplainedCounter, LIVE, LIVE_MAX, MEANINGS, TOTAL, WAIT } from "./meanings.ts";

type Value = (row: Row) => number | null;
type Metric = readonly [name: string, help: string, value: Value];

/** The metric of a counter. */
const counted = (name: string, counter: ExplainedCounter): Metric => [
	name,
	MEANINGS[counter],
	(row) => row.counts[counter] ?? 0,
];

/** Metrics of frontend, backend and server. */
const COMMON: readonly Metric[] = [
	["sessions_total", TOTAL, (row) => row.total],
	counted("bytes_in_total", "bytes_in"),
	counted("bytes_out_total", "bytes_out"),
	counted("http_requests_total", "requests"),
];

const BACKEND_AND_SERVER: readonly Metric[] = [
	counted("connection_errors_total", "unreachable"),
	[
		"response_errors_total",
		"timeouts and server errors",
		(row) => (row.counts["timeouts"] ?? 0) + (row.counts["server_errors"] ?? 0),
	],
	counted("retry_warnings_total", "retries"),
	counted("redispatch_warnings_total", "redispatches"),
	counted("loadbalanced_total", "picks"),
];

/** Our own metrics of backend and server. */
const OWN: readonly Metric[] = [
	counted("sticky_total", "sticky"),
	counted("gone_total", "gone"),
	counted("refused_total", "refused"),
	counted("upgrades_tried_total", "upgrades_tried"),
	counted("upgrades_done_total", "upgrades_done"),
];

/** The text for a scrape. */
export function prometheusOf({ rows: all, isolates }: Statistics): string {
	const families: Family[] = [];
	for (const kind of ["frontend", "backend", "server"] as const) {
		const rows = all.filter((row) => row.kind === kind);
		const totals = kind === "frontend" ? COMMON : [...COMMON, ...BACKEND_AND_SERVER];
		for (const [name, help, value] of totals)
			families.push(total(`haproxy_${kind}_${name}`, help, samples(rows, value)));
		families.push(responses(kind, rows), status(kind, rows));
		families.push(...(kind === "frontend" ? frontendOnly(rows[0]!) : liveAndTimes(kind, rows)));
		if (kind !== "frontend")
			for (const [name, help, value] of OWN)
				families.push(total(`sticky_edge_${kind}_${name}`, help, samples(rows, value)));
		if (kind === "backend") families.push(engineErrors(rows));
		if (kind === "server") families.push(...serverOnly(rows));
	}
	families.push(
		gauge("sticky_edge_isolates", "isolates that flushed within the last minute", [
			{ labels: {}, value: isolates },
		]),
	);
	return render(families);
}

function samples(rows: readonly Row[], value: Value): Family["samples"] {
	return rows.flatMap((row) => {
		const number = value(row);
		return number === null ? [] : [{ labels: labelsOf(row), value: number }];
	});
}

function labelsOf(row: Row): Record<string, string> {
	return row.kind === "server" ? { proxy: row.proxy, server: row.server } : { proxy: row.proxy };
}

function responses(kind: string, rows: readonly Row[]): Family {
	return total(
		`haproxy_${kind}_http_responses_total`,
		"answers by class of status",
		byCode(rows, STATUS_CLASSES),
	);
}

function status(kind: "frontend" | "backend" | "server", rows: readonly Row[]): Family {
	const states: readonly string[] = kind === "server" ? NODE_STATES : ["UP", "DOWN"];
	const now = (row: Row) => (row.status === "OPEN" || row.status === "no check" ? "UP" : row.status);
	return gauge(
		`haproxy_${kind}_status`,
		"1 for the current state",
		rows.flatMap((row) =>
			states.map((state) => ({ labels: { ...labelsOf(row), state }, value: now(row) === state ? 1 : 0 })),
		),
	);
}

const seconds = (milliseconds: number | null) => (milliseconds === null ? null : milliseconds / 1000);

/** Gauges of backend and server. */
const LIVE_AND_TIMES: readonly Metric[] = [
	["current_sessions", LIVE, (row) => row.live],
	["max_sessions", LIVE_MAX, (row) => row.liveMax],
	["response_time_average_seconds", WAIT, (row) => seconds(row.waitMs)],
	["total_time_average_seconds", "average time until the answer's headers", (row) => seconds(row.totalMs)],
];

function liveAndTimes(kind: string, rows: readonly Row[]): Family[] {
	const gauges = LIVE_AND_TIMES.map(([name, help, value]) =>
		gauge(`haproxy_${kind}_${name}`, help, samples(rows, value)),
	);
	return [...gauges, responseTimes(kind, rows)];
}

/** Rows without timed attempts are left out, such as those of a traffic that is not used. */
function responseTimes(kind: string, rows: readonly Row[]): Family {
	const timed = rows.filter(({ counts }) => (counts["waits"] ?? 0) > 0);
	return histogram(
		`sticky_edge_${kind}_response_time_seconds`,
		"time until a node's headers",
		timed.map((row) => ({
			labels: labelsOf(row),
			buckets: WAIT_BUCKETS_MS.map((bound) => ({
				bound: bound / 1000,
				count: row.counts[`wait_le_${bound}`] ?? 0,
			})),
			count: row.counts["waits"] ?? 0,
			sum: (row.counts["wait_ms"] ?? 0) / 1000,
		})),
	);
}

function engineErrors(rows: readonly Row[]): Family {
	return total("sticky_edge_engine_errors_total", "Engine.IO errors by code", byCode(rows, ENGINE_CODES));
}

/** A sample for each of several counters, whose names end in the label `code`. */
function byCode(rows: readonly Row[], counters: readonly string[]): Family["samples"] {
	return rows.flatMap((row) =>
		counters.map((name) => ({
			labels: { ...labelsOf(row), code: name.split("_")[1]! },
			value: row.counts[name] ?? 0,
		})),
	);
}

type Health = NonNullable<Row["health"]>;

/** Per-server metrics from the monitor's checks. */
const CHECKS: readonly (readonly [
	family: typeof gauge,
	name: string,
	help: string,
	value: (health: Health) => number | null,
])[] = [
	[gauge, "weight", "the weight in force", ({ weight }) => weight],
	[
		gauge,
		"current_throttle",
		"percentage of its weight during slow start",
		({ throttle }) => throttle ?? 100,
	],
	[gauge, "check_code", "HTTP status of the last check", ({ check }) => check?.status || null],
	[
		gauge,
		"check_duration_seconds",
		"duration of the last check",
		({ check }) => seconds(check?.milliseconds ?? null),
	],
	[total, "check_failures_total", "checks that failed", ({ failedChecks }) => failedChecks],
	[total, "check_up_down_total", "changes from UP to DOWN", ({ downs }) => downs],
	[gauge, "check_last_change_seconds", "seconds since the last change of state", ({ changed }) => changed],
	[total, "downtime_seconds_total", "seconds DOWN", ({ downtime }) => downtime],
];

function serverOnly(rows: readonly Row[]): Family[] {
	const checks = CHECKS.map(([family, name, help, value]) =>
		family(
			`haproxy_server_${name}`,
			help,
			samples(rows, ({ health }) => (health === null ? null : value(health))),
		),
	);
	return [...checks, warnings(rows)];
}

/** One sample for each warning in a node's row; none without warnings. */
function warnings(rows: readonly Row[]): Family {
	return gauge(
		"sticky_edge_server_warning",
		"1 for each warning about a node",
		rows.flatMap((row) =>
			row.warnings.map(({ code }) => ({ labels: { ...labelsOf(row), warning: code }, value: 1 })),
		),
	);
}
