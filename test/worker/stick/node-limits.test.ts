import { describe, expect, it } from "vitest";
import { newNodeTable } from "../../../worker/health/node-table.ts";
import { takeWarningLines, WARNING_LOG_INTERVAL_MS } from "../../../worker/health/warning.ts";
import { limitWarnings, type NodeLimits, updateWarnings } from "../../../worker/stick/node-limits.ts";
import { poolOf } from "../support/pools.ts";

const limits = (changes: Partial<NodeLimits> = {}): NodeLimits => ({
	pingInterval: 25_000,
	pingTimeout: 20_000,
	maxPayload: 1_000_000,
	...changes,
});

describe("limits of a node", () => {
	const pool = poolOf({ timeouts: { poll: 50 }, max_body: 1_000_000 });
	it.each<[string, Partial<NodeLimits>, string[]]>([
		["with Socket.IO 4's defaults", {}, []],
		["with Socket.IO 1's and netty-socketio's, whose sum exceeds timeouts.poll", { pingTimeout: 60_000 }, []],
		["whose pingInterval is just below timeouts.poll", { pingInterval: 49_999 }, []],
		["whose pingInterval reaches timeouts.poll", { pingInterval: 50_000 }, ["poll_timeout"]],
		["with a larger maxPayload", { maxPayload: 1_000_001 }, ["max_body"]],
		["with both", { pingInterval: 60_000, maxPayload: 5e6 }, ["poll_timeout", "max_body"]],
		["of which nothing is known", { pingInterval: null, pingTimeout: null, maxPayload: null }, []],
		["without maxPayload", { pingInterval: 60_000, maxPayload: null }, ["poll_timeout"]],
	])("%s give the warnings that they should", (_what, changes, codes) => {
		expect(limitWarnings(limits(changes), pool, { id: "n1" }).map(({ code }) => code)).toEqual(codes);
	});

	it.each<[string, Partial<NodeLimits>, string]>([
		[
			"timeouts.poll",
			{ pingInterval: 60_000 },
			"Set timeouts.poll in POOL_APP to 85 or more, or pingInterval of the node below 50000 ms.",
		],
		[
			"pingInterval alone, where timeouts.poll takes no such value",
			{ pingInterval: 3_600_000 },
			"are lost. Set pingInterval of the node below 50000 ms.",
		],
		[
			"max_body",
			{ maxPayload: 5e6 },
			"Set max_body in POOL_APP to 5000000, or maxHttpBufferSize (max_http_buffer_size in Python) of the node to 1000000.",
		],
		[
			"maxHttpBufferSize alone, where max_body takes no such value",
			{ maxPayload: 1e9 },
			"end their session. Set maxHttpBufferSize (max_http_buffer_size in Python) of the node to 1000000.",
		],
	])("that are too large are fixed by %s, which the text names with its number", (_what, changes, fix) => {
		const [warning] = limitWarnings(limits(changes), pool, { id: "n1" });
		expect(warning!.fix).toContain("Node n1 ");
		expect(warning!.fix).toContain(fix);
	});

	it("are accepted once the pool has the values that the text names", () => {
		const given = limits({ pingInterval: 60_000, maxPayload: 5e6 });
		const raised = poolOf({ timeouts: { poll: 85 }, max_body: 5_000_000 });
		expect(limitWarnings(given, raised, { id: "n1" })).toEqual([]);
	});
});

describe("a node's warnings", () => {
	const pool = poolOf();
	const fresh = () => newNodeTable(pool, 0).nodes[0]!;
	const large = limits({ maxPayload: 5e6 });
	const NOW = 1_800_000_000_000;

	it("are logged at most once an hour each", () => {
		const status = fresh();
		updateWarnings(status, large, pool);
		const [line, ...more] = takeWarningLines(status, pool, NOW);
		expect(more).toEqual([]);
		expect(JSON.parse(line!)).toEqual({
			level: "warn",
			event: "warning",
			warning: "max_body",
			pool: "app",
			node: "n1",
			url: "http://127.0.0.1:3001",
			cure: status.warnings["max_body"],
		});
		expect(takeWarningLines(status, pool, NOW + WARNING_LOG_INTERVAL_MS - 1)).toEqual([]);
		updateWarnings(status, { ...large, pingInterval: 90_000 }, pool);
		expect(takeWarningLines(status, pool, NOW + 1)).toHaveLength(1);
		expect(takeWarningLines(status, pool, NOW + WARNING_LOG_INTERVAL_MS)).toHaveLength(1);
	});

	it("end when the node's limits fit, and stay when a packet does not tell", () => {
		const status = fresh();
		updateWarnings(status, limits({ pingInterval: 90_000, maxPayload: 5e6 }), pool);
		updateWarnings(status, limits({ pingInterval: null, maxPayload: null }), pool);
		expect(Object.keys(status.warnings).sort()).toEqual(["max_body", "poll_timeout"]);
		updateWarnings(status, limits({ maxPayload: null }), pool);
		expect(Object.keys(status.warnings)).toEqual(["max_body"]);
		updateWarnings(status, limits(), pool);
		expect(status.warnings).toEqual({});
	});
});
