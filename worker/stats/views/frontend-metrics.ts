/** The frontend's own metrics: denials, redirects, TLS versions and log lines. */
import { deniedOf, type Row } from "../rows.ts";
import { type Family, total } from "./exposition.ts";
import { type ExplainedCounter, MEANINGS } from "./meanings.ts";

const TOTALS: readonly (readonly [counter: ExplainedCounter, name: string])[] = [
	["no_route", "haproxy_frontend_request_errors_total"],
	["redirected", "sticky_edge_redirects_total"],
	["plain_upgrades", "sticky_edge_plain_upgrades_total"],
	["log_lines", "sticky_edge_log_lines_total"],
	["log_suppressed", "sticky_edge_log_suppressed_total"],
	["failed_tokens", "sticky_edge_failed_tokens_total"],
];

/** The counters of requests by TLS version. */
const TLS = ["tls_1_3", "tls_1_2", "tls_unknown", "plain_http"];

/** The families that only the frontend has. */
export function frontendOnly(row: Row): Family[] {
	const { proxy, counts } = row;
	const sample = (value: number, labels = {}) => ({ labels: { proxy, ...labels }, value });
	const denials = Object.keys(counts).filter((name) => name.startsWith("denied_"));
	return [
		total("haproxy_frontend_requests_denied_total", "requests refused by the edge", [sample(deniedOf(row))]),
		...TOTALS.map(([counter, name]) => total(name, MEANINGS[counter], [sample(counts[counter] ?? 0)])),
		total(
			"sticky_edge_denied_total",
			"requests denied, by reason",
			denials.map((name) => sample(counts[name]!, { reason: name.slice("denied_".length) })),
		),
		total(
			"sticky_edge_tls_requests_total",
			"requests by TLS version",
			TLS.map((version) => sample(counts[version] ?? 0, { version })),
		),
	];
}
