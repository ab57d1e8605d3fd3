import { describe, expect, it } from "vitest";
import { describePool } from "../../../worker/admin/nodes.ts";
import type { Row } from "../../../worker/stats/rows.ts";
import { poolOf } from "../support/pools.ts";
import { NO_CHECK, statisticsOf, TOTALS, VERDICT, verdictWith } from "../support/statistics.ts";

const row = (proxy: string, server: string, verdict?: null): Row =>
	statisticsOf(verdict).rows.find((each) => each.proxy === proxy && each.server === server)!;

describe("the rows", () => {
	it("list the frontend first, then for each pool's traffic its nodes and the backend, as HAProxy does", () => {
		const names = statisticsOf().rows.map(({ proxy, server }) => `${proxy} ${server}`);
		expect(names).toHaveLength(17);
		expect(names.slice(0, 6)).toEqual([
			"edge FRONTEND",
			"app_http n1",
			"app_http n2",
			"app_http n3",
			"app_http BACKEND",
			"app_polling n1",
		]);
		expect(names.at(-1)).toBe("app_flashsocket BACKEND");
	});

	it("count Engine.IO sessions, and requests where the traffic is plain http", () => {
		expect(row("app_polling", "BACKEND")).toMatchObject({ total: 400, rate: 1.25, requestRate: 60 });
		expect(row("app_http", "BACKEND")).toMatchObject({ total: 77, live: null });
	});

	it("add up the live sessions that nodes report, and have none for a node without a report", () => {
		expect(row("app_websocket", "n1")).toMatchObject({ live: 100, liveMax: 300, limit: 500 });
		expect(row("app_websocket", "n2").live).toBeNull();
		expect(row("app_websocket", "BACKEND")).toMatchObject({ live: 200, liveMax: 480, status: "UP" });
	});

	it("have no live sessions for a node that is DOWN, whatever it reported before", () => {
		const killed = {
			...VERDICT,
			nodes: VERDICT.nodes.map((each) => (each.node === "n1" ? { ...each, state: "DOWN" as const } : each)),
		};
		const of = (server: string) =>
			statisticsOf(killed).rows.find((each) => each.proxy === "app_websocket" && each.server === server);
		expect(of("n1")).toMatchObject({ status: "DOWN", live: null, liveMax: 300 });
		expect(of("BACKEND")).toMatchObject({ live: 100, liveMax: 480 });
		const sessions = describePool(poolOf(), killed).nodes.map((node) => "sessions" in node && node.sessions);
		expect(sessions).toEqual([null, null, 111]);
	});

	it("contain the share of polling sessions that upgraded to a WebSocket", () => {
		expect(row("app_polling", "BACKEND").upgraded).toBe(0.75);
		expect(row("app_websocket", "BACKEND").upgraded).toBeNull();
	});

	it("average the times of timed attempts, and have none without such attempts", () => {
		expect(row("app_polling", "BACKEND")).toMatchObject({ waitMs: 2.5, totalMs: 3 });
		expect(row("app_http", "n1").waitMs).toBeNull();
	});

	it("contain a node's health in HAProxy's units", () => {
		expect(row("app_http", "n2").health).toMatchObject({
			changed: 60,
			downtime: 61,
			downs: 2,
			failedChecks: 12,
			throttle: null,
		});
		expect(row("app_http", "n1").health).toMatchObject({ throttle: 50, weight: 50 });
	});

	it("have no state where there is no monitor", () => {
		expect(row("app_http", "n1", null)).toMatchObject({ status: "no check", health: null, live: null });
		expect(row("app_http", "BACKEND", null).status).toBe("UP");
	});
});

describe("a node without a check", () => {
	const mixed = verdictWith({ n1: { ...NO_CHECK, risen: 0 }, n3: { hasSpokenContract: true } });
	const rows = statisticsOf(mixed).rows.filter((each) => each.kind === "server");

	it("is UP in every row, its live sessions unknown, beside nodes that report theirs", () => {
		const of = (server: string) => rows.filter((each) => each.server === server);
		expect(of("n1").map(({ status, live }) => [status, live])).toEqual(Array(4).fill(["UP", null]));
		expect(of("n3").map(({ live }) => live)).toEqual([null, 10, 100, 1]);
	});

	it("has the hint in its rows, and no other node has it", () => {
		const hinted = rows.filter(({ hint }) => hint !== null).map(({ server }) => server);
		expect(hinted).toEqual(["n1", "n1", "n1", "n1"]);
		expect(rows[0]!.hint).toContain("attachEdge");
	});

	it("has the hint in the operator API, beside the other nodes' states", () => {
		const nodes = describePool(poolOf(), mixed).nodes;
		expect(nodes.map(({ hint }) => hint !== null)).toEqual([true, false, false]);
		expect(nodes[0]).toMatchObject({ state: "UP", check: { word: "NO CHECK" }, sessions: null });
	});
});

describe("the warnings about a node", () => {
	const keepAlive = { code: "keep_alive", fix: "raise it" };
	const reported = { "app/n1": { poll_timeout: "lower it" }, "app/n2": {}, "other/n3": { max_body: "x" } };

	it("are the monitor's and those of the isolates, in each row of the node and in no other", () => {
		const verdict = verdictWith({ n1: { warnings: [keepAlive] } });
		const { rows } = statisticsOf(verdict, { ...TOTALS, warnings: reported });
		const warned = rows.filter(({ warnings }) => warnings.length > 0);
		expect(warned.map(({ server }) => server)).toEqual(["n1", "n1", "n1", "n1"]);
		expect(warned[0]!.warnings).toEqual([keepAlive, { code: "poll_timeout", fix: "lower it" }]);
	});

	it("are those of the isolates where there is no monitor", () => {
		const { rows } = statisticsOf(null, { ...TOTALS, warnings: reported });
		expect(rows.find(({ server }) => server === "n1")!.warnings.map(({ code }) => code)).toEqual([
			"poll_timeout",
		]);
	});
});

describe("an operator's weight", () => {
	it("stands beside the configured one in the rows and the API; without one both say so", () => {
		const verdict = verdictWith({ n1: { weight: 20, operatorWeight: 20 } });
		const healths = statisticsOf(verdict).rows.flatMap(({ kind, health }) =>
			kind === "server" ? [health] : [],
		);
		expect(healths[0]).toMatchObject({ weight: 20, operatorWeight: 20, configuredWeight: 100 });
		expect(healths[1]).toMatchObject({ weight: 100, operatorWeight: null, configuredWeight: 100 });
		expect(describePool(poolOf(), verdict).nodes.slice(0, 2)).toMatchObject([
			{ weight: 20, operatorWeight: 20, configuredWeight: 100 },
			{ weight: 100, operatorWeight: null, configuredWeight: 100 },
		]);
	});
});
