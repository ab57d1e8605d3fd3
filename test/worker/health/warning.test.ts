import { describe, expect, it } from "vitest";
import type { NodeVerdict } from "../../../worker/health/verdict.ts";
import { allWarnings, noCheckHint, probeWarnings, warningLine } from "../../../worker/health/warning.ts";
import { poolOf } from "../support/pools.ts";
import { VERDICT } from "../support/statistics.ts";

const pool = poolOf({ socket_path: "/live/" });
const node = pool.nodes[0]!;
const codes = (platform: "cloudflare" | "workerd", keepAliveSeconds: number | null) =>
	probeWarnings(platform, node, { keepAliveSeconds }).map(({ code }) => code);

describe("a node's keep-alive is warned about", () => {
	it.each<["cloudflare" | "workerd", number | null, string[]]>([
		["workerd", 5, ["keep_alive"]],
		["workerd", 1, ["keep_alive"]],
		["workerd", 0, ["keep_alive"]],
		["workerd", 6, []],
		["workerd", 75, []],
		["workerd", null, []],
		["cloudflare", 5, []],
	])("on %s with %j s: %j", (platform, seconds, expected) => {
		expect(codes(platform, seconds)).toEqual(expected);
	});

	it("with the fix, in one log line without secrets", () => {
		const [warning] = probeWarnings("workerd", node, { keepAliveSeconds: 5 });
		expect(JSON.parse(warningLine(warning!, pool, node))).toEqual({
			level: "warn",
			event: "warning",
			warning: "keep_alive",
			pool: "app",
			node: "n1",
			url: "http://127.0.0.1:3001",
			cure: expect.stringContaining("server.keepAliveTimeout = 75_000"),
		});
	});

	it("not before the first probe", () => {
		expect(probeWarnings("workerd", node, null)).toEqual([]);
	});
});

describe("all warnings about a node", () => {
	const warnings = [{ code: "keep_alive", fix: "a" }];
	it("are the monitor's, then those of the isolates, each code once", () => {
		expect(allWarnings({ warnings }, { poll_timeout: "b", keep_alive: "c" })).toEqual([
			{ code: "keep_alive", fix: "a" },
			{ code: "poll_timeout", fix: "b" },
		]);
	});

	it("are those of the isolates alone without a monitor, or with one of an earlier version", () => {
		expect(allWarnings(null, { poll_timeout: "b" })).toEqual([{ code: "poll_timeout", fix: "b" }]);
		expect(allWarnings({}, {})).toEqual([]);
	});
});

describe("the hint for a node without a check", () => {
	const verdict = (word: string, hasSpokenContract: boolean): NodeVerdict => ({
		...VERDICT.nodes[0]!,
		check: { word, status: 400, milliseconds: 1 },
		hasSpokenContract,
	});
	const noCheck = verdict("NO CHECK", false);

	it("names the fields, with the pool's own path", () => {
		const hint = noCheckHint(pool, noCheck, [noCheck, verdict("L4CON", false), null]);
		expect(hint).toContain(
			'set health_path = "/live/?EIO=4&transport=none" and health = { status = 400 } in POOL_APP',
		);
	});

	it("does not recommend them for a pool in which other nodes follow the contract, which would lose their reports", () => {
		const hint = noCheckHint(pool, noCheck, [noCheck, verdict("L7OK", true)]);
		expect(hint).toContain(
			"Add attachEdge, as at other nodes of this pool, or list the node in a pool of its own",
		);
	});

	it.each<[string, NodeVerdict | null]>([
		["that is checked", verdict("L7OK", true)],
		["that is DOWN", verdict("L7STS", false)],
		["that was not probed yet", { ...noCheck, check: null }],
		["without a verdict", null],
	])("is missing for a node %s", (_what, other) => {
		expect(noCheckHint(pool, other, [other])).toBeNull();
	});
});
