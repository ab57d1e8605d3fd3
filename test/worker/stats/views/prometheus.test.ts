import { describe, expect, it } from "vitest";
import { histogram, render, total } from "../../../../worker/stats/views/exposition.ts";
import { prometheusOf } from "../../../../worker/stats/views/prometheus.ts";
import { parseExposition } from "../../../support/edge/exposition-parser.ts";
import { NO_CHECK, statisticsOf, TOTALS, verdictWith } from "../../support/statistics.ts";

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
		[[1100], "sticky_edge_log_lines_total", { proxy: "edge" }],
		[[495], "sticky_edge_log_suppressed_total", { proxy: "edge" }],
		[[11], "sticky_edge_failed_tokens_total", { proxy: "edge" }],
	])("contain %j for %s %j", (values, name, labels) => {
		expect(valuesOf(name, labels)).toEqual(values);
	});

	it("have one sample for each warning about a node, and UP for a node without a check", () => {
		const verdict = verdictWith({ n1: { ...NO_CHECK, warnings: [{ code: "keep_alive", fix: "x" }] } });
		const warnings = { "app/n1": { handshakes_fail: "health OK, handshakes fail" } };
		const warned = parseExposition(prometheusOf(statisticsOf(verdict, { ...TOTALS, warnings })));
		const labels = warned
			.filter(({ name, value }) => name === "sticky_edge_server_warning" && value === 1)
			.map((each) => `${each.labels["proxy"]} ${each.labels["server"]} ${each.labels["warning"]}`);
		expect(labels).toHaveLength(8);
		expect(labels).toContain("app_polling n1 keep_alive");
		expect(labels).toContain("app_websocket n1 handshakes_fail");
		expect(
			warned
				.filter(
					({ name, labels }) =>
						name === "haproxy_server_status" && labels["server"] === "n1" && labels["state"] === "UP",
				)
				.map(({ value }) => value),
		).toEqual([1, 1, 1, 1]);
		expect(series.some(({ name }) => name === "sticky_edge_server_warning")).toBe(false);
	});

	it("can be read by a strict parser also without a monitor and without any count", () => {
		const empty = {
			...statisticsOf(null),
			rows: statisticsOf(null).rows.map((row) => ({ ...row, counts: {} })),
		};
		expect(parseExposition(prometheusOf(empty)).length).toBeGreaterThan(100);
	});

	it("have a histogram of response times, whose buckets each contain the smaller ones", () => {
		const name = "sticky_edge_backend_response_time_seconds";
		const polling = series.filter(
			(each) => each.name.startsWith(name) && each.labels["proxy"] === "app_polling",
		);
		expect(polling.map((each) => [each.name.slice(name.length), each.labels["le"], each.value])).toEqual([
			["_bucket", "0.005", 80],
			["_bucket", "0.01", 92],
			["_bucket", "0.025", 92],
			["_bucket", "0.05", 92],
			["_bucket", "0.1", 97],
			["_bucket", "0.25", 97],
			["_bucket", "1", 97],
			["_bucket", "5", 99],
			["_bucket", "+Inf", 100],
			["_sum", undefined, 0.25],
			["_count", undefined, 100],
		]);
	});

	it("have no histogram for rows whose attempts were never timed", () => {
		const proxies = (kind: string) =>
			new Set(
				series
					.filter(({ name }) => name === `sticky_edge_${kind}_response_time_seconds_count`)
					.map(({ labels }) => labels["proxy"]),
			);
		expect(proxies("backend")).toEqual(new Set(["app_polling"]));
		expect(proxies("server")).toEqual(new Set());
	});

	it("escape the values of labels", () => {
		const text = render([total("a_total", "x", [{ labels: { l: 'q"\\\n' }, value: 1 }])]);
		expect(text).toBe('# HELP a_total x\n# TYPE a_total counter\na_total{l="q\\"\\\\\\n"} 1\n');
		expect(parseExposition(text)).toHaveLength(1);
	});
});

describe("the parser that checks the metrics", () => {
	const family = (lines: readonly string[]) => `# HELP h x\n# TYPE h histogram\n${lines.join("\n")}\n`;
	const ends = ["h_sum 1", "h_count 3"];

	it("accepts what the renderer writes for two histograms with the same bounds", () => {
		const buckets = [
			{ bound: 0.005, count: 1 },
			{ bound: 1, count: 1 },
		];
		const both = ["a", "b"].map((l) => ({ labels: { l }, buckets, count: 3, sum: 0.1 + 0.2 }));
		expect(parseExposition(render([histogram("h_seconds", "x", both)]))).toHaveLength(10);
	});

	it.each<[what: string, lines: string[], message: string]>([
		[
			"a bucket smaller than the one before",
			['h_bucket{le="1"} 3', 'h_bucket{le="+Inf"} 2', ...ends],
			"contain",
		],
		["bounds out of order", ['h_bucket{le="2"} 1', 'h_bucket{le="1"} 1', ...ends], "out of order"],
		["no +Inf", ['h_bucket{le="1"} 3', ...ends], "+Inf"],
		["a +Inf other than the count", ['h_bucket{le="+Inf"} 2', ...ends], "not the count"],
		["no sum", ['h_bucket{le="+Inf"} 3', "h_count 3"], "no sum"],
		["a bucket without a bound", ["h_bucket 3", ...ends], "without le"],
		["a sample of the bare name", ["h 3"], "outside its family"],
	])("rejects %s", (_what, lines, message) => {
		expect(() => parseExposition(family(lines))).toThrow(message);
	});
});
