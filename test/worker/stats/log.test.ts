import { afterEach, describe, expect, it, vi } from "vitest";
import type { Exchange } from "../../../worker/stats/exchange.ts";
import { isLogged, levelOf, log, logLine, terminationOf } from "../../../worker/stats/log.ts";
import { exchangeOf } from "../support/exchanges.ts";
import { isolateOf } from "../support/pools.ts";

afterEach(() => vi.restoreAllMocks());

describe("a line", () => {
	it("says what HAProxy's says, in fields", () => {
		const exchange = exchangeOf("handshake", "passed", 200, [
			[0, "unreachable", 0, 3],
			[1, "ok", 200, 5],
		]);
		expect(logLine(exchange, "info", "ray-1")).toEqual({
			level: "info",
			event: "request",
			at: "2026-11-23T12:00:00.000Z",
			id: "ray-1",
			pool: "app",
			node: "n2",
			traffic: "polling",
			method: "GET",
			path: "/socket.io/",
			status: 200,
			ending: "passed",
			denied: null,
			termination: "--NI",
			attempts: 2,
			TR: 0,
			Tw: 0,
			Tc: -1,
			Tr: 5,
			Ta: 10,
		});
	});

	it("says -1 for what was not reached", () => {
		expect(logLine(exchangeOf("poll", "gone", 400), "warn", "x")).toMatchObject({
			node: null,
			Tw: -1,
			Tc: -1,
			Tr: -1,
			Ta: 0,
		});
		const silent = exchangeOf("post", "gone", 400, [[0, "timeout", 0, 30_000]]);
		expect(logLine(silent, "warn", "x")).toMatchObject({ node: "n1", Tw: 0, Tr: -1, Ta: 30_002 });
	});

	it("holds no query, session id, cookie or token, whatever the request carried", () => {
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
		for (const [what, outcome, status] of [
			["poll", "passed", 200],
			["page", "passed", 200],
			["poll", "gone", 400],
			["handshake", "denied", 400],
			["page", "failed", 502],
		] as const)
			log(exchangeOf(what, outcome, status), request, isolate.config, isolate.counters);
		expect(lines).toHaveLength(5);
		expect(lines.join("\n")).not.toMatch(/hush|d0N0123456789abcdefg|secret=1|\?/);
		expect(isolate.counters.numbers.reduce((sum, value) => sum + value, 0)).toBe(5);
	});
});

describe("what is logged", () => {
	it.each<[level: string, always: boolean, what: string, exchange: Exchange]>([
		["info", true, "a new session", exchangeOf("handshake", "passed", 200)],
		["info", true, "a WebSocket session", exchangeOf("websocket", "passed", 101)],
		["info", false, "a poll", exchangeOf("poll", "passed", 200)],
		["info", false, "an upgrade", exchangeOf("upgrade", "passed", 101)],
		["info", false, "plain http", exchangeOf("page", "passed", 200)],
		["info", false, "a redirect", exchangeOf("page", "redirected", 308)],
		["warn", true, "a session that is gone", exchangeOf("poll", "gone", 400)],
		["warn", true, "a refused request", exchangeOf("handshake", "denied", 400)],
		["warn", true, "a handshake above the rate", exchangeOf("handshake", "denied", 503)],
		["error", true, "a handshake no node took", exchangeOf("handshake", "no_node", 503)],
		["error", true, "an application's 500", exchangeOf("page", "passed", 500)],
	])("%s, always %s: %s", (level, always, _what, exchange) => {
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
		["sHDN", "of a session whose node is silent", exchangeOf("poll", "gone", 400, [[0, "timeout", 0, 1]])],
		["PRIN", "of a session id that names no node", exchangeOf("poll", "gone", 400)],
		["SCNN", "of a handshake no node took", exchangeOf("handshake", "no_node", 503)],
		["sHNN", "of plain http that took too long", exchangeOf("page", "failed", 504, [[0, "timeout", 0, 1]])],
		["PRNN", "of what the guard refused", exchangeOf("handshake", "denied", 400)],
		["PRNN", "of a plain http upgrade", exchangeOf("page", "plain_upgrade", 426)],
		["I-NN", "of a fault of the edge itself", exchangeOf("handshake", "internal", 500, [], null)],
		["LRNN", "of a redirect", exchangeOf("page", "redirected", 308)],
	])("%s: %s", (code, _what, exchange) => {
		expect(terminationOf(exchange)).toBe(code);
	});
});
