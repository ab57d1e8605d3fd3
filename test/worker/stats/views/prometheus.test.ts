import { describe, expect, it } from "vitest";
import { render, total } from "../../../../worker/stats/views/exposition.ts";
import { prometheusOf } from "../../../../worker/stats/views/prometheus.ts";
import { parseExposition } from "../../../support/edge/exposition-parser.ts";
import { statisticsOf } from "../../support/statistics.ts";

const series = parseExposition(prometheusOf(statisticsOf()));
const valuesOf = (name: string, labels: Record<string, string>) =>
	series
		.filter(
			(each) =>
				each.name === name && Object.entries(labels).every(([label, value]) => each.labels[label] === value),
		)
		.map(({ value }) => value);

describe("the metrics", () => {
	it.each<[number[], string, Record<string, string>]>([
		[[900], "haproxy_frontend_sessions_total", { proxy: "edge" }],
		[[1_234_567], "haproxy_frontend_http_requests_total", { proxy: "edge" }],
		[[567], "haproxy_frontend_http_responses_total", { proxy: "edge", code: "4xx" }],
		[[12], "haproxy_frontend_requests_denied_total", {}],
		[[4], "sticky_edge_denied_total", { reason: "origin" }],
		[[400], "haproxy_backend_sessions_total", { proxy: "app_polling" }],
		[[20], "haproxy_backend_current_sessions", { proxy: "app_polling" }],
		[[0.0025], "haproxy_backend_response_time_average_seconds", { proxy: "app_polling" }],
		[[9], "sticky_edge_engine_errors_total", { proxy: "app_polling", code: "1" }],
		[[590], "sticky_edge_backend_sticky_total", { proxy: "app_polling" }],
		[[200], "haproxy_server_sessions_total", { proxy: "app_polling", server: "n1" }],
		[[1], "haproxy_server_status", { proxy: "app_http", server: "n2", state: "DOWN" }],
		[[0], "haproxy_server_status", { proxy: "app_http", server: "n2", state: "UP" }],
		[[1], "haproxy_server_status", { proxy: "app_http", server: "n3", state: "DRAIN" }],
		[[50], "haproxy_server_weight", { proxy: "app_http", server: "n1" }],
		[[50], "haproxy_server_current_throttle", { proxy: "app_http", server: "n1" }],
		[[61], "haproxy_server_downtime_seconds_total", { proxy: "app_http", server: "n2" }],
		[[480], "haproxy_backend_max_sessions", { proxy: "app_websocket" }],
		[[4], "sticky_edge_isolates", {}],
	])("contain %j for %s %j", (values, name, labels) => {
		expect(valuesOf(name, labels)).toEqual(values);
	});

	it("can be read by a strict parser also without a monitor and without any count", () => {
		const empty = {
			...statisticsOf(null),
			rows: statisticsOf(null).rows.map((row) => ({ ...row, counts: {} })),
		};
		expect(parseExposition(prometheusOf(empty)).length).toBeGreaterThan(100);
	});

	it("escape the values of labels", () => {
		const text = render([total("a_total", "x", [{ labels: { l: 'q"\\\n' }, value: 1 }])]);
		expect(text).toBe('# HELP a_total x\n# TYPE a_total counter\na_total{l="q\\"\\\\\\n"} 1\n');
		expect(parseExposition(text)).toHaveLength(1);
	});
});
