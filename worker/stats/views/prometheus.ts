/** Statistics for Prometheus (exposition format 0.0.4): HAProxy's metric names where the meaning is the same, our own elsewhere. */
import { NODE_STATES } from "../../contract.ts";
import { WAIT_BUCKETS_MS } from "../counters.ts";
import type { Row } from "../rows.ts";
import type { Statistics } from "../statistics.ts";
import { type Family, gauge, histogram, render, total } from "./exposition.ts";
import { frontendOnly } from "./frontend-metrics.ts";
import { warningMetric } from "./warning-metric.ts";

type Value = (row: Row) => number | null;
const counted =
	(name: string): Value =>
	(row) =>
		row.counts[name] ?? 0;

/** Metrics of frontend, backend and server. */
const COMMON: readonly (readonly [name: string, help: string, value: Value])[] = [
	[
		"sessions_total",
		"Engine.IO sessions opened; requests where the traffic is plain http.",
		(row) => row.total,
	],
	["bytes_in_total", "Bytes of request bodies with a Content-Length.", counted("bytes_in")],
	[
		"bytes_out_total",
		"Bytes of answers with a Content-Length; WebSocket frames are not counted.",
		counted("bytes_out"),
	],
	["http_requests_total", "Requests.", counted("requests")],
];

const BACKEND_AND_SERVER: typeof COMMON = [
	[
		"connection_errors_total",
		"Requests to a node that could not be reached or closed the connection before headers.",
		counted("unreachable"),
	],
	[
		"response_errors_total",
		"Requests to a node that sent no headers in time, or a 5xx.",
		(row) => (row.counts["timeouts"] ?? 0) + (row.counts["server_errors"] ?? 0),
	],
	["retry_warnings_total", "Attempts that were followed by another.", counted("retries")],
	["redispatch_warnings_total", "Requests that were retried on another node.", counted("redispatches")],
	["loadbalanced_total", "Times a node was chosen for a new session or request.", counted("picks")],
];

/** Our own metrics of backend and server. */
const OWN: typeof COMMON = [
	["sticky_total", "Requests of a session that reached its node.", counted("sticky")],
	["gone_total", "Requests whose session's node no longer exists: answered 400 code 1.", counted("gone")],
	["refused_total", "Handshakes a node refused because it drains or is full.", counted("refused")],
	["upgrades_tried_total", "Upgrades of a session that were requested.", counted("upgrades_tried")],
	["upgrades_done_total", "Upgrades of a session that were answered 101.", counted("upgrades_done")],
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
		gauge("sticky_edge_isolates", "Isolates that flushed within the last minute.", [
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
	const codes = ["1xx", "2xx", "3xx", "4xx", "5xx"];
	return total(
		`haproxy_${kind}_http_responses_total`,
		"Answers by class of status.",
		rows.flatMap((row) =>
			codes.map((code) => ({ labels: { ...labelsOf(row), code }, value: row.counts[`hrsp_${code}`] ?? 0 })),
		),
	);
}

function status(kind: "frontend" | "backend" | "server", rows: readonly Row[]): Family {
	const states: readonly string[] = kind === "server" ? NODE_STATES : ["UP", "DOWN"];
	const now = (row: Row) => (row.status === "OPEN" || row.status === "no check" ? "UP" : row.status);
	return gauge(
		`haproxy_${kind}_status`,
		"1 for the current state.",
		rows.flatMap((row) =>
			states.map((state) => ({ labels: { ...labelsOf(row), state }, value: now(row) === state ? 1 : 0 })),
		),
	);
}

function liveAndTimes(kind: string, rows: readonly Row[]): Family[] {
	const seconds = (value: number | null) => (value === null ? null : value / 1000);
	return [
		gauge(
			`haproxy_${kind}_current_sessions`,
			"Live sessions, as the nodes last reported them.",
			samples(rows, (row) => row.live),
		),
		gauge(
			`haproxy_${kind}_max_sessions`,
			"Maximum of the live sessions.",
			samples(rows, (row) => row.liveMax),
		),
		gauge(
			`haproxy_${kind}_response_time_average_seconds`,
			"Average time until a node's headers; polls are not included.",
			samples(rows, (row) => seconds(row.waitMs)),
		),
		gauge(
			`haproxy_${kind}_total_time_average_seconds`,
			"Average time until the answer's headers; polls are not included.",
			samples(rows, (row) => seconds(row.totalMs)),
		),
		responseTimes(kind, rows),
	];
}

/** Rows without timed attempts are left out, such as those of a traffic that is not used. */
function responseTimes(kind: string, rows: readonly Row[]): Family {
	const timed = rows.filter(({ counts }) => (counts["waits"] ?? 0) > 0);
	return histogram(
		`sticky_edge_${kind}_response_time_seconds`,
		"Time until a node's headers; polls are not included.",
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
	const codes = ["0", "1", "2", "3", "4", "5"];
	return total(
		"sticky_edge_engine_errors_total",
		"Engine.IO errors by the protocol's code, including those of the nodes.",
		rows.flatMap((row) =>
			codes.map((code) => ({ labels: { ...labelsOf(row), code }, value: row.counts[`code_${code}`] ?? 0 })),
		),
	);
}

function serverOnly(rows: readonly Row[]): Family[] {
	const of = (value: (health: NonNullable<Row["health"]>) => number | null) =>
		samples(rows, (row) => (row.health === null ? null : value(row.health)));
	return [
		gauge(
			"haproxy_server_weight",
			"The weight in force.",
			of((health) => health.weight),
		),
		gauge(
			"haproxy_server_current_throttle",
			"Percentage of its weight that the node gets during slow start.",
			of((health) => health.throttle ?? 100),
		),
		gauge(
			"haproxy_server_check_code",
			"HTTP status of the last check.",
			of((health) => health.check?.status || null),
		),
		gauge(
			"haproxy_server_check_duration_seconds",
			"Duration of the last check.",
			of((health) => (health.check === null ? null : health.check.milliseconds / 1000)),
		),
		total(
			"haproxy_server_check_failures_total",
			"Checks that failed.",
			of((health) => health.failedChecks),
		),
		total(
			"haproxy_server_check_up_down_total",
			"Changes from UP to DOWN.",
			of((health) => health.downs),
		),
		gauge(
			"haproxy_server_check_last_change_seconds",
			"Seconds since the last change of state.",
			of((health) => health.changed),
		),
		total(
			"haproxy_server_downtime_seconds_total",
			"Seconds DOWN.",
			of((health) => health.downtime),
		),
		warningMetric(rows),
	];
}
