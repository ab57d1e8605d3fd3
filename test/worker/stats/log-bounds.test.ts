import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Isolate } from "../../../worker/isolate.ts";
import { FRONT_AT } from "../../../worker/stats/counters.ts";
import type { Exchange } from "../../../worker/stats/exchange.ts";
import { flush } from "../../../worker/stats/flush.ts";
import { kindOf, levelOf, log, logInternalError, logLimited } from "../../../worker/stats/log.ts";
import { MAX_LINES_OF_CLIENT, MAX_LINES_OF_KIND, PERIOD_MS } from "../../../worker/stats/log-limit.ts";
import { exchangeOf } from "../support/exchanges.ts";
import { isolateOf } from "../support/pools.ts";

/** The longest line, in bytes. */
const MAX_LINE_BYTES = 2048;

let lines: string[];
beforeEach(() => {
	vi.useFakeTimers({ now: Date.UTC(2026, 10, 23, 12) });
	lines = [];
	for (const name of ["log", "warn", "error"] as const)
		vi.spyOn(console, name).mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const REQUEST = new Request("https://edge.test/");
const parsedLines = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
const bytesOf = (line: string) => new TextEncoder().encode(line).length;
const counter = ({ counters }: Isolate, name: "log_lines" | "log_suppressed") =>
	counters.numbers[FRONT_AT[name]];

/** A handshake with EIO=3, denied for the client at `clientIp`. */
function denied(clientIp: string, changes: Partial<Exchange> = {}): Exchange {
	const exchange = exchangeOf("handshake", "denied", 400);
	const denial = { reason: "eio", code: 5, detail: null, response: exchange.response } as const;
	return { ...exchange, clientIp, denial, ...changes };
}

function logTimes(isolate: Isolate, exchange: Exchange, count: number): void {
	for (let i = 0; i < count; i++) log(exchange, REQUEST, isolate);
}

describe("the length of a line", () => {
	it.each([
		["a path of 30 KB", { path: `/${"x".repeat(30_000)}` }, null],
		["a path of characters that JSON escapes", { path: `/${"\u0001".repeat(30_000)}` }, null],
		["a path of letters beyond ASCII", { path: `/${"漢".repeat(10_000)}` }, null],
		["a method of 8 KB", { method: "M".repeat(8000) }, null],
		["an origin of 8 KB as the detail", {}, `https://${'"'.repeat(8000)}`],
	])("is bounded for %s", (_what, changes, detail) => {
		const base = denied("2001:db8:1:2:3:4:5:6");
		const id = "r".repeat(5000);
		log(
			{ ...base, id, parsed: { ...base.parsed, ...changes }, denial: { ...base.denial!, detail } },
			REQUEST,
			isolateOf({}, { EDGE: { log_client: "full" } }),
		);
		expect(lines).toHaveLength(1);
		expect(bytesOf(lines[0]!)).toBeLessThan(MAX_LINE_BYTES);
		expect(parsedLines()[0]).toMatchObject({
			event: "request",
			client: "2001:db8:1:2:3:4:5:6",
			denied: "eio",
		});
	});

	it("is bounded for an internal error with a long stack, which then has no query of a URL", () => {
		const error = new Error(
			`Invalid URL: https://a/socket.io/?EIO=4&sid=d0N0123456789abcdefg and ${"\u0002".repeat(9000)}`,
		);
		logInternalError(isolateOf(), { id: "abc", clientIp: "192.0.2.1" }, error);
		logInternalError(null, { id: "abc", clientIp: "192.0.2.1" }, "x".repeat(50_000));
		for (const line of lines) expect(bytesOf(line)).toBeLessThan(MAX_LINE_BYTES);
		expect(parsedLines()).toMatchObject([
			{ level: "error", code: "EDGE_INTERNAL", id: "abc", client: "192.0.2.0/24" },
			{ level: "error", code: "EDGE_INTERNAL", id: "abc", client: null },
		]);
		expect(lines[0]).toContain("Invalid URL: https://a/socket.io/?… and");
		expect(lines[0]).not.toMatch(/sid=|d0N/);
	});
});

describe("a flood of one client", () => {
	it("leaves the other client's lines, is counted, and is said once its second is over", () => {
		const isolate = isolateOf();
		logTimes(isolate, denied("192.0.2.1"), 500);
		logTimes(isolate, denied("198.51.100.2"), 5);
		expect(parsedLines().filter(({ client }) => client === "192.0.2.0/24")).toHaveLength(MAX_LINES_OF_CLIENT);
		expect(parsedLines().filter(({ client }) => client === "198.51.100.0/24")).toHaveLength(5);
		const leftOut = 500 - MAX_LINES_OF_CLIENT;
		expect(counter(isolate, "log_suppressed")).toBe(leftOut);
		expect(counter(isolate, "log_lines")).toBe(MAX_LINES_OF_CLIENT + 5);
		lines.length = 0;
		vi.advanceTimersByTime(PERIOD_MS);
		logTimes(isolate, denied("198.51.100.2"), 2);
		expect(parsedLines()).toMatchObject([
			{ level: "warn", event: "log_limit", left_out: leftOut, kinds: { denied_eio: leftOut } },
			{ event: "request", client: "198.51.100.0/24" },
			{ event: "request", client: "198.51.100.0/24" },
		]);
	});

	it.each([
		["IPv6 addresses of one /64", (i: number) => `2001:db8::${(i + 1).toString(16)}`, MAX_LINES_OF_CLIENT],
		["IPv6 addresses of many /64", (i: number) => `2001:db8:0:${(i + 1).toString(16)}::1`, MAX_LINES_OF_KIND],
		["unknown addresses", () => "", MAX_LINES_OF_CLIENT],
	])("with %s is bounded too", (_what, address, bound) => {
		const isolate = isolateOf();
		for (let i = 0; i < 1000; i++) log(denied(address(i)), REQUEST, isolate);
		expect(lines).toHaveLength(bound);
		expect(counter(isolate, "log_suppressed")).toBe(1000 - bound);
	});

	it("with requests of many kinds is bounded for each kind", () => {
		const isolate = isolateOf({}, { EDGE: { log_percent: 100 } });
		const kinds = [
			denied("192.0.2.1"),
			exchangeOf("poll", "gone", 400),
			exchangeOf("poll", "passed", 200),
			exchangeOf("handshake", "passed", 200),
			exchangeOf("handshake", "passed", 403),
			exchangeOf("page", "passed", 500),
			exchangeOf("page", "no_route", 404),
		];
		for (const exchange of kinds) logTimes(isolate, exchange, 50);
		expect(lines).toHaveLength(kinds.length * MAX_LINES_OF_CLIENT);
		expect(counter(isolate, "log_suppressed")).toBe(kinds.length * (50 - MAX_LINES_OF_CLIENT));
	});

	it("is said with the next flush where no other line follows", async () => {
		const isolate = isolateOf();
		logTimes(isolate, denied("192.0.2.1"), MAX_LINES_OF_CLIENT + 7);
		await flush(isolate, {});
		expect(parsedLines().filter(({ event }) => event === "log_limit")).toEqual([]);
		vi.advanceTimersByTime(PERIOD_MS);
		await flush(isolate, {});
		await flush(isolate, {});
		expect(parsedLines().filter(({ event }) => event === "log_limit")).toMatchObject([{ left_out: 7 }]);
	});

	it("counts nothing for requests that would not have been logged anyway", () => {
		const isolate = isolateOf({}, { EDGE: { log_percent: 0 } });
		logTimes(isolate, exchangeOf("poll", "passed", 200), 500);
		expect(lines).toEqual([]);
		expect(counter(isolate, "log_suppressed")).toBe(0);
		expect(isolate.logLimits.kinds.size).toBe(0);
	});
});

describe("other lines that requests cause", () => {
	it("are limited by their code and by what they are about, and name the request and the client", () => {
		const isolate = isolateOf({}, { EDGE: { log_client: "full" } });
		const entry = { level: "error", code: "EDGE_FOREIGN_SID", node: "n1" } as const;
		for (let i = 0; i < 200; i++) logLimited(isolate, entry, "n1", { id: `r${i}`, clientIp: `192.0.2.${i}` });
		logLimited(isolate, { ...entry, node: "n2" }, "n2", { id: null, clientIp: "" });
		expect(lines).toHaveLength(MAX_LINES_OF_CLIENT + 1);
		expect(parsedLines()[0]).toEqual({ ...entry, id: "r0", client: "192.0.2.0" });
		expect(parsedLines().at(-1)).toEqual({ ...entry, node: "n2", id: null, client: null });
		expect(counter(isolate, "log_suppressed")).toBe(200 - MAX_LINES_OF_CLIENT);
	});

	it("of internal errors are limited by the client", () => {
		const isolate = isolateOf();
		for (let i = 0; i < 100; i++)
			logInternalError(isolate, { id: "x", clientIp: "192.0.2.1" }, new Error("a broken platform"));
		logInternalError(isolate, { id: "y", clientIp: "192.0.2.2" }, new Error("a broken platform"));
		expect(parsedLines().filter(({ id }) => id === "x")).toHaveLength(MAX_LINES_OF_CLIENT);
		expect(parsedLines().filter(({ id }) => id === "y")).toHaveLength(1);
	});
});

describe("a line's id and client", () => {
	it("has the id that the request already has, and a new one otherwise", () => {
		const isolate = isolateOf();
		log({ ...denied("192.0.2.1"), id: "known" }, REQUEST, isolate);
		log(denied("192.0.2.1"), REQUEST, isolate);
		const ids = parsedLines().map(({ id }) => id);
		expect(ids[0]).toBe("known");
		expect(ids[1]).toMatch(/^[0-9a-f-]{36}$/);
	});

	it.each([
		["prefix", "192.0.2.0/24"],
		["full", "192.0.2.1"],
		["none", null],
	])("names the client by log_client: %s", (logClient, client) => {
		log(denied("192.0.2.1"), REQUEST, isolateOf({}, { EDGE: { log_client: logClient } }));
		expect(parsedLines()[0]).toMatchObject({ client });
	});
});

describe("the kind of a line", () => {
	it.each<[kind: string, exchange: Exchange]>([
		["denied_eio", denied("192.0.2.1")],
		["new_session", exchangeOf("handshake", "passed", 200)],
		["new_session", exchangeOf("websocket", "passed", 101)],
		["handshake", exchangeOf("handshake", "passed", 403)],
		["handshake", exchangeOf("websocket", "passed", 400)],
		["passed", exchangeOf("poll", "passed", 200)],
		["passed", exchangeOf("upgrade", "passed", 101)],
		["server_error", exchangeOf("page", "passed", 500)],
		["server_error", exchangeOf("handshake", "passed", 502)],
		["gone", exchangeOf("poll", "gone", 400)],
		["no_node", exchangeOf("handshake", "no_node", 503)],
		["redirected", exchangeOf("handshake", "redirected", 308)],
		["internal", exchangeOf("page", "internal", 500)],
	])("is %s", (kind, exchange) => {
		expect(kindOf(exchange, levelOf(exchange))).toBe(kind);
	});
});
