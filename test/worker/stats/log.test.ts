import { afterEach, describe, expect, it, vi } from "vitest";
import type { Passage } from "../../../worker/passage.ts";
import { isLogged, levelOf, lineOf, log } from "../../../worker/stats/log.ts";
import { passageOf } from "../support/passages.ts";
import { edgeOf } from "../support/pools.ts";

afterEach(() => vi.restoreAllMocks());

describe("a line", () => {
	it("says what HAProxy's says, in fields", () => {
		const passage = passageOf("handshake", "passed", 200, [
			[0, "unreachable", 0, 3],
			[1, "ok", 200, 5],
		]);
		expect(lineOf(passage, "info", "ray-1")).toEqual({
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
		expect(lineOf(passageOf("poll", "gone", 400), "warn", "x")).toMatchObject({
			node: null,
			Tw: -1,
			Tc: -1,
			Tr: -1,
			Ta: 0,
		});
		const silent = passageOf("post", "gone", 400, [[0, "timeout", 0, 30_000]]);
		expect(lineOf(silent, "warn", "x")).toMatchObject({ node: "n1", Tw: 0, Tr: -1, Ta: 30_002 });
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
		const edge = edgeOf(
			{},
			{ EDGE: { log_percent: 100 }, EDGE_TOKEN: "hush-edge", EDGE_NODE_SECRET: "hush-secret" },
		);
		for (const [what, ending, status] of [
			["poll", "passed", 200],
			["page", "passed", 200],
			["poll", "gone", 400],
			["handshake", "denied", 400],
			["page", "failed", 502],
		] as const)
			log(passageOf(what, ending, status), request, edge);
		expect(lines).toHaveLength(5);
		expect(lines.join("\n")).not.toMatch(/hush|d0N0123456789abcdefg|secret=1|\?/);
		expect(edge.counters.numbers.reduce((sum, value) => sum + value, 0)).toBe(5);
	});
});

describe("what is logged", () => {
	it.each<[level: string, always: boolean, what: string, passage: Passage]>([
		["info", true, "a new session", passageOf("handshake", "passed", 200)],
		["info", true, "a WebSocket session", passageOf("websocket", "passed", 101)],
		["info", false, "a poll", passageOf("poll", "passed", 200)],
		["info", false, "an upgrade", passageOf("upgrade", "passed", 101)],
		["info", false, "plain http", passageOf("page", "passed", 200)],
		["info", false, "a redirect", passageOf("page", "redirected", 308)],
		["warn", true, "a session that is gone", passageOf("poll", "gone", 400)],
		["warn", true, "a refused request", passageOf("handshake", "denied", 400)],
		["warn", true, "a handshake above the rate", passageOf("handshake", "denied", 503)],
		["error", true, "a handshake no node took", passageOf("handshake", "no_node", 503)],
		["error", true, "an application's 500", passageOf("page", "passed", 500)],
	])("%s, always %s: %s", (level, always, _what, passage) => {
		expect(levelOf(passage)).toBe(level);
		expect(isLogged(passage, levelOf(passage), 0.01, () => 0.5)).toBe(always);
		expect(isLogged(passage, levelOf(passage), 0.01, () => 0.005)).toBe(true);
		expect(isLogged(passage, levelOf(passage), 0, () => 0)).toBe(always);
	});
});
