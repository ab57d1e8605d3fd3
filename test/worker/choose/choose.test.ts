import { beforeEach, describe, expect, it } from "vitest";
import { candidates, choose, slowStartShare } from "../../../worker/choose/choose.ts";
import type { NodeState } from "../../../worker/contract.ts";
import { type NodeTable, newNodeTable, recordResult } from "../../../worker/health/node-table.ts";
import { poolOf } from "../support/pools.ts";

const pool = poolOf();
let table: NodeTable;
const say = (...states: NodeState[]) => {
	for (const [i, state] of states.entries()) table.nodes[i]!.state = state;
};
const names = (now = 1000, tried: number[] = [], session = true) =>
	candidates(
		pool,
		table,
		tried.map((i) => pool.nodes[i]!),
		now,
		session,
	)
		.map((each) => each.node.id)
		.join(" ");
const fail = (i: number, times: number, now: number) => {
	for (let n = 0; n < times; n++) recordResult(table.nodes[i]!, "unreachable", now, 1);
};

/** The nodes report their sessions and a common limit. */
const report = (sessions: readonly number[], sessionLimit: number) => {
	for (const [i, status] of table.nodes.entries())
		Object.assign(status, { boot: "b", sessions: sessions[i], sessionLimit });
};

beforeEach(() => {
	table = newNodeTable(pool, 0);
});

describe("candidates for a new session", () => {
	it.each([
		[["UP", "UP", "UP"], "n1 n2 n3"],
		[["UP", "DOWN", "UP"], "n1 n3"],
		[["DRAIN", "UP", "MAINT"], "n2"],
		[["DOWN", "DOWN", "DOWN"], "n1 n2 n3"],
		[["DOWN", "DRAIN", "MAINT"], "n1"],
		[["DRAIN", "DRAIN", "MAINT"], ""],
	] as const)("with states %j are: %s", (states, wanted) => {
		say(...states);
		expect(names()).toBe(wanted);
	});

	it("are not those tried already; then the ones called DOWN", () => {
		say("UP", "UP", "DOWN");
		expect(names(1000, [0])).toBe("n2");
		expect(names(1000, [0, 1])).toBe("n3");
	});

	it("are not those of weight 0", () => {
		table.nodes[1]!.weight = 0;
		expect(names()).toBe("n1 n3");
	});

	it("are not those that reported as many sessions as they take, own picks since included", () => {
		report([10, 9, 3], 10);
		table.nodes[1]!.picks = 1;
		expect(names()).toBe("n3");
	});

	it("are none when all are full: a node called DOWN does not stand in for a full one", () => {
		say("UP", "UP", "DOWN");
		report([1, 1, 0], 1);
		expect(names()).toBe("");
	});

	it("are not those that failed three times in a row, until the pause is over", () => {
		fail(0, 2, 1000);
		expect(names(1000)).toBe("n1 n2 n3");
		fail(0, 1, 1000);
		expect(names(1999)).toBe("n2 n3");
		expect(names(2000)).toBe("n1 n2 n3");
	});

	it("are none when all fail by this isolate's own evidence, whatever the monitor says", () => {
		for (const i of [0, 1, 2]) fail(i, 3, 1000);
		expect(names(1000)).toBe("");
	});

	it("are all of them where none ever reported: its sessions that ended would count for ever", () => {
		for (const status of table.nodes) Object.assign(status, { sessionLimit: 1, picks: 50 });
		expect(names()).toBe("n1 n2 n3");
	});

	it("of a plain request are full and refusing nodes too: it opens no session", () => {
		report([1, 1, 1], 1);
		recordResult(table.nodes[1]!, "refused", 1000, 1);
		expect(names(1001, [], false)).toBe("n1 n2 n3");
	});

	it("leave a node that refused alone for a while", () => {
		recordResult(table.nodes[1]!, "refused", 1000, 1);
		expect(names(1001)).toBe("n1 n3");
		expect(names(4001)).toBe("n1 n2 n3");
	});
});

describe("the breaker", () => {
	it("lets one trial through when its pause is over, and the others wait for its outcome", () => {
		fail(0, 3, 1000);
		const onlyTable: NodeTable = { nodes: [table.nodes[0]!], turn: 0 };
		const only = poolOf({ nodes: [{ id: "n1", url: "http://127.0.0.1:3001" }] });
		const chance = { now: 2500, random: () => 0, key: null, prefer: null, opensSession: true };
		expect(choose(only, onlyTable, [], chance)?.id).toBe("n1");
		expect(choose(only, onlyTable, [], chance)).toBeNull();
		recordResult(table.nodes[0]!, "ok", 2600, 1);
		expect(choose(only, onlyTable, [], { ...chance, now: 2601 })?.id).toBe("n1");
	});

	it("doubles the pause with each failed trial, up to half a minute", () => {
		fail(0, 3, 0);
		expect(table.nodes[0]!.openUntil).toBe(1000);
		fail(0, 1, 0);
		expect(table.nodes[0]!.openUntil).toBe(2000);
		fail(0, 20, 0);
		expect(table.nodes[0]!.openUntil).toBe(30_000);
	});

	it("starts a node slowly that came back", () => {
		fail(0, 3, 0);
		recordResult(table.nodes[0]!, "ok", 5000, 1);
		expect(candidates(pool, table, [], 5000, true).map((each) => each.weight)).toEqual([
			1000, 10_000, 10_000,
		]);
		expect(candidates(pool, table, [], 35_000, true).map((each) => each.weight)).toEqual([
			10_000, 10_000, 10_000,
		]);
	});
});

describe("share, in slow start", () => {
	it.each([
		[0, 30_000, 5, 1],
		[1000, 0, 1001, 1],
		[1000, 30_000, 1000, 0.1],
		[1000, 30_000, 16_000, 0.5],
		[1000, 30_000, 31_000, 1],
	])("risen at %i, over %i ms, at %i is %f", (risen, slow, now, wanted) => {
		expect(slowStartShare(risen, slow, now)).toBe(wanted);
	});
});

describe("choose", () => {
	const chance = { now: 1000, random: () => 0, key: null, prefer: null, opensSession: true };
	it("takes the node of the client's cookie while it takes new sessions, and another when it does not", () => {
		const prefer = pool.nodes[2]!;
		expect(choose(pool, table, [], { ...chance, prefer })?.id).toBe("n3");
		say("UP", "UP", "DRAIN");
		expect(choose(pool, table, [], { ...chance, prefer })?.id).not.toBe("n3");
	});

	it("keeps a key to its node, and to the others' nodes when it leaves", () => {
		const first = choose(pool, table, [], { ...chance, key: "room-7" })!;
		expect(choose(pool, table, [], { ...chance, key: "room-7" })).toBe(first);
		expect(choose(pool, table, [first], { ...chance, key: "room-7" })).not.toBe(first);
	});

	it("counts its picks, so that a burst spreads before the next report", () => {
		for (let i = 0; i < 300; i++) choose(pool, table, [], { ...chance, random: Math.random });
		const picks = table.nodes.map((status) => status.picks);
		expect(Math.max(...picks) - Math.min(...picks)).toBeLessThan(20);
	});

	it("counts no pick for a plain request", () => {
		for (let i = 0; i < 10; i++) choose(pool, table, [], { ...chance, opensSession: false });
		expect(table.nodes.map((status) => status.picks)).toEqual([0, 0, 0]);
	});

	it("takes turns in a round-robin pool", () => {
		const turns = poolOf({ balance: "roundrobin" });
		const ids = Array.from({ length: 6 }, () => choose(turns, table, [], chance)!.id);
		expect([...ids.slice(0, 3)].sort()).toEqual(["n1", "n2", "n3"]);
		expect(ids.slice(3)).toEqual(ids.slice(0, 3));
	});
});
