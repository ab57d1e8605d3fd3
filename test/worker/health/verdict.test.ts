import { beforeEach, describe, expect, it } from "vitest";
import type { NodeHealth } from "../../../worker/contract.ts";
import { type NodeStatus, WRONG_TAG } from "../../../worker/health/node-table.ts";
import { applyVerdict, type NodeVerdict, type PoolStatus } from "../../../worker/health/verdict.ts";
import { isolateOf } from "../support/pools.ts";

const HEALTH: NodeHealth = {
	schema: 1,
	node: "n1",
	tag: "d0N",
	boot: "b1",
	state: "ready",
	sessions: 30,
	limit: 500,
	transports: { polling: 10, websocket: 19, flashsocket: 1 },
	opened: 4000,
	closed: {},
};
const VERDICT: NodeVerdict = {
	pool: "app",
	node: "n1",
	state: "UP",
	adminState: "ready",
	weight: 50,
	since: 0,
	risen: 0,
	reason: "",
	fault: "",
	check: null,
	failedProbes: 0,
	downs: 0,
	downtime: 0,
	health: HEALTH,
};

let pools: readonly PoolStatus[];
let n1: NodeStatus;
const apply = (...changes: readonly Partial<NodeVerdict>[]) =>
	applyVerdict(pools, { at: 0, nodes: changes.map((change) => ({ ...VERDICT, ...change })) });

beforeEach(() => {
	({ pools } = isolateOf());
	n1 = pools[0]!.table.nodes[0]!;
});

describe("a verdict", () => {
	it("sets state, weight, fault, and the node's own report", () => {
		apply({ state: "DRAIN", fault: "many_processes", risen: 700 });
		expect(n1).toMatchObject({
			state: "DRAIN",
			weight: 50,
			fault: "many_processes",
			upSince: 700,
			sessions: 30,
			sessionLimit: 500,
			live: { polling: 10, websocket: 19, flashsocket: 1 },
			opened: 4000,
			boot: "b1",
		});
	});

	it("leaves nodes that it does not name as they are, and ignores nodes and pools that do not exist", () => {
		const before = structuredClone(pools[0]!.table.nodes.slice(1));
		apply({ node: "n9" }, { pool: "other", node: "n2" });
		expect(pools[0]!.table.nodes.slice(1)).toEqual(before);
	});

	it("keeps the later of two times at which a node came back", () => {
		n1.upSince = 900;
		apply({ risen: 700 });
		expect(n1.upSince).toBe(900);
	});

	it("without a health report changes none of what the node reported before", () => {
		apply({});
		apply({ health: null, weight: 20 });
		expect(n1).toMatchObject({ weight: 20, sessions: 30, boot: "b1" });
	});

	it("of DOWN clears the live sessions and does not use the stale report", () => {
		apply({});
		apply({ state: "DOWN", health: { ...HEALTH, sessions: 99 } });
		expect(n1).toMatchObject({
			state: "DOWN",
			sessions: 30,
			live: { polling: 0, websocket: 0, flashsocket: 0 },
		});
	});
});

describe("the sessions that an isolate gave a node itself", () => {
	it.each<[string, Partial<NodeHealth>, number]>([
		["are kept while the node's report is the same", {}, 5],
		["are part of a report with more opened sessions", { opened: 4005 }, 0],
		["are forgotten after a restart, even with as many opened sessions", { boot: "b2" }, 0],
	])("%s", (_what, change, picks) => {
		apply({});
		n1.picks = 5;
		apply({ health: { ...HEALTH, ...change } });
		expect(n1.picks).toBe(picks);
	});
});

describe("the check of a node's session ids", () => {
	it.each<[string, Partial<NodeVerdict>, number]>([
		["stays valid while the node runs", {}, 1234],
		["is due again after a restart", { health: { ...HEALTH, boot: "b2" } }, 0],
		["is due again while the monitor sees a foreign tag", { fault: "foreign_tag" }, 0],
	])("%s", (_what, change, checkedAt) => {
		apply({});
		n1.tagCheckedAt = 1234;
		apply(change);
		expect(n1.tagCheckedAt).toBe(checkedAt);
	});

	it("that failed is repeated after a restart", () => {
		apply({});
		n1.tagCheckedAt = WRONG_TAG;
		apply({ health: { ...HEALTH, boot: "b2" } });
		expect(n1.tagCheckedAt).toBe(0);
	});
});
