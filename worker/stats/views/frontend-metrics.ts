/** The frontend's own metrics: denials, redirects, TLS versions and log lines. */
import { deniedOf, type Row } from "../rows.ts";
import { type Family, total } from "./exposition.ts";

/** The families that only the frontend has. */
export function frontendOnly(row: Row): Family[] {
	const labels = { proxy: row.proxy };
	const one = (value: number) => [{ labels, value }];
	const tls = ["tls_1_3", "tls_1_2", "tls_unknown", "plain_http"];
	const denials = Object.keys(row.counts).filter((name) => name.startsWith("denied_"));
	return [
		total(
			"haproxy_frontend_requests_denied_total",
			"Requests refused before a node was contacted.",
			one(deniedOf(row)),
		),
		total(
			"haproxy_frontend_request_errors_total",
			"Requests that match no route.",
			one(row.counts["no_route"] ?? 0),
		),
		total("sticky_edge_redirects_total", "Plain http answered with 308.", one(row.counts["redirected"] ?? 0)),
		total(
			"sticky_edge_plain_upgrades_total",
			"WebSockets over plain http, refused with 426.",
			one(row.counts["plain_upgrades"] ?? 0),
		),
		total(
			"sticky_edge_log_lines_total",
			"Lines written to the log for requests.",
			one(row.counts["log_lines"] ?? 0),
		),
		total(
			"sticky_edge_log_suppressed_total",
			"Lines left out of the log because of its limits.",
			one(row.counts["log_suppressed"] ?? 0),
		),
		total(
			"sticky_edge_failed_tokens_total",
			"Requests under /__edge/ with a wrong token.",
			one(row.counts["failed_tokens"] ?? 0),
		),
		total(
			"sticky_edge_denied_total",
			"Requests denied by policy, by reason.",
			denials.map((name) => ({
				labels: { ...labels, reason: name.slice("denied_".length) },
				value: row.counts[name]!,
			})),
		),
		total(
			"sticky_edge_tls_requests_total",
			"Requests by TLS version; unknown where the platform does not report it.",
			tls.map((name) => ({ labels: { ...labels, version: name }, value: row.counts[name] ?? 0 })),
		),
	];
}
