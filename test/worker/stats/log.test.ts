import { afterEach, describe, expect, it, vi } from "vitest";
import type { Exchange } from "../../../worker/stats/exchange.ts";
import { isLogged, levelOf, log, logLine, terminationOf } from "../../../worker/stats/log.ts";
import { exchangeOf } from "../support/exchanges.ts";
import { isolateOf } from "../support/pools.ts";

afterEach(() => vi.restoreAllMocks());

describe("a log line", () => {
	it("has HAProxy's values as JSON fields", () => {
		const exchange = exchangeOf("handshake", "passed", 200, [
			[0, "unreachable", 0, 3],
			[1, "ok", 200, 5],
		]);
		expect(logLine(exchange, "info", "ray-1", "prefix")).toEqual({
			level: "info",
			event: "request",
			at: "2026-11-23T12:00:00.000Z",
			id: "ray-1",
			client: "192.0.2.0/24",
			pool: "app",
			node: "n2",
			traffic: "polling",
			method: "GET",
			path: "/socket.io/",
			status: 200,
			ending: "passed",
			denied: null,
			detail: null,
			termination: "--NI",
			attempts: 2,
			TR: 0,
			Tw: 0,
			Tc: -1,
			Tr: 5,
			Ta: 10,
		});
	});

	it("has -1 for each time that was not reached", () => {
		expect(logLine(exchangeOf("poll", "gone", 400), "warn", "x", "prefix")).toMatchObject({
			node: null,
			Tw: -1,
			Tc: -1,
			Tr: -1,
			Ta: 0,
		});
		const silent = exchangeOf("post", "gone", 400, [[0, "timeout", 0, 30_000]]);
		expect(logLine(silent, "warn", "x", "prefix")).toMatchObject({ node: "n1", Tw: 0, Tr: -1, Ta: 30_002 });
	});

	it("never contains a query, session id, cookie or token of the request", () => {
		const lines: string[] = [];
		for (const name of ["log", "warn", "error"] as const)
			vi.spyOn(console, name).mockImplementation((line: string) => void lines.push(line));
		const request = new Request(
			"https://edge.test/socket.io/?EIO=4&sid=d0N0123456789abcdefg&token=hush-query",
			{
				headers: { cookie: "edge_app=hush-cookie", authorization: "Bearer hush-token", "cf-ray": "hush-ray" },
			},
		);
		const isolate = isolateOf(
			{},
			{ EDGE: { log_percent: 100 }, EDGE_TOKEN: "hush-edge", EDGE_NODE_SECRET: "hush-secret" },
		);
		for (const [kind, outcome, status] of [
			["poll", "passed", 200],
			["page", "passed", 200],
			["poll", "gone", 400],
			["handshake", "denied", 400],
			["page", "failed", 502],
		] as const)
			log(exchangeOf(kind, outcome, status), request, isolate);
		expect(lines).toHaveLength(5);
		expect(lines.join("\n")).not.toMatch(/hush|d0N0123456789abcdefg|secret=1|\?/);
		expect(isolate.counters.numbers.reduce((sum, value) => sum + value, 0)).toBe(5);
	});
});

describe("the log", () => {
	it.each<[what: string, level: string, always: boolean, exchange: Exchange]>([
		["a new session", "info", true, exchangeOf("handshake", "passed", 200)],
		["a WebSocket session", "info", true, exchangeOf("websocket", "passed", 101)],
		["a poll", "info", false, exchangeOf("poll", "passed", 200)],
		["an upgrade", "info", false, exchangeOf("upgrade", "passed", 101)],
		["plain http", "info", false, exchangeOf("page", "passed", 200)],
		["a redirect", "info", false, exchangeOf("page", "redirected", 308)],
		["a session that is gone", "warn", true, exchangeOf("poll", "gone", 400)],
		["a denied request", "warn", true, exchangeOf("handshake", "denied", 400)],
		["a handshake above the rate", "warn", true, exchangeOf("handshake", "denied", 503)],
		["a handshake that no node took", "error", true, exchangeOf("handshake", "no_node", 503)],
		["an application's 500", "error", true, exchangeOf("page", "passed", 500)],
	])("gets %s at level %s, always: %s", (_what, level, always, exchange) => {
		expect(levelOf(exchange)).toBe(level);
		expect(isLogged(exchange, levelOf(exchange), 0.01, () => 0.5)).toBe(always);
		expect(isLogged(exchange, levelOf(exchange), 0.01, () => 0.005)).toBe(true);
		expect(isLogged(exchange, levelOf(exchange), 0, () => 0)).toBe(always);
	});
});

describe("the termination code", () => {
	it.each<[code: string, what: string, exchange: Exchange]>([
		["--NI", "of a new session", exchangeOf("handshake", "passed", 200, [[0, "ok", 200, 1]])],
		[
			"--VN",
			"of a request that reached its session's node",
			exchangeOf("poll", "passed", 200, [[0, "ok", 200, 1]]),
		],
		["--NN", "of plain http", exchangeOf("page", "passed", 200, [[0, "ok", 200, 1]])],
		[
			"SCDN",
			"of a session whose node cannot be reached",
			exchangeOf("poll", "gone", 400, [[0, "unreachable", 0, 1]]),
		],
		[
			"sHDN",
			"of a session whose node does not answer",
			exchangeOf("poll", "gone", 400, [[0, "timeout", 0, 1]]),
		],
		["PRIN", "of a session id that names no node", exchangeOf("poll", "gone", 400)],
		["SCNN", "of a handshake that no node took", exchangeOf("handshake", "no_node", 503)],
		[
			"sHNN",
			"of plain http without headers in time",
			exchangeOf("page", "failed", 504, [[0, "timeout", 0, 1]]),
		],
		["PRNN", "of a denied request", exchangeOf("handshake", "denied", 400)],
		["PRNN", "of a plain http upgrade", exchangeOf("page", "plain_upgrade", 426)],
		["I-NN", "of an internal error", exchangeOf("handshake", "internal", 500, [], null)],
		["LRNN", "of a redirect", exchangeOf("page", "redirected", 308)],
	])("%s: %s", (code, _what, exchange) => {
		expect(terminationOf(exchange)).toBe(code);
	});
});
