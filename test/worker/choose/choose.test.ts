import { beforeEach, describe, expect, it } from "vitest";
import { candidates, choose, slowStartShare } from "../../../worker/choose/choose.ts";
import type { NodeState } from "../../../worker/contract.ts";
import {
	beginHandshake,
	endHandshake,
	type NodeTable,
	newNodeTable,
	picksAt,
	recordCheck,
	recordEvidence,
	recordRefusal,
} from "../../../worker/health/node-table.ts";
import { poolOf } from "../support/pools.ts";

const pool = poolOf();
let table: NodeTable;
const setStates = (...states: NodeState[]) => {
	for (const [i, state] of states.entries()) table.nodes[i]!.state = state;
};
const names = (now = 1000, tried: number[] = [], session = true) =>
	candidates(
		pool,
		table,
		tried.map((i) => pool.nodes[i]!),
		{ now, opensSession: session, prefer: null },
	)
		.map((each) => each.node.id)
		.join(" ");
const suspect = (i: number, now: number) =>
	recordEvidence(table.nodes[i]!, { failed: true, hasOpened: true }, now);

/** Sets the nodes' reported sessions and a common limit. */
const setReports = (sessions: readonly number[], sessionLimit: number) => {
	for (const [i, status] of table.nodes.entries())
		Object.assign(status, { boot: "b", sessions: sessions[i], sessionLimit });
};

beforeEach(() => {
	table = newNodeTable(pool, 0);
});

describe("candidates", () => {
	it.each([
		[["UP", "UP", "UP"], "n1 n2 n3"],
		[["UP", "DOWN", "UP"], "n1 n3"],
		[["DRAIN", "UP", "MAINT"], "n2"],
		[["DOWN", "DOWN", "DOWN"], "n1 n2 n3"],
		[["DOWN", "DRAIN", "MAINT"], "n1"],
		[["DRAIN", "DRAIN", "MAINT"], ""],
	] as const)("with states %j are: %s", (states, wanted) => {
		setStates(...states);
		expect(names()).toBe(wanted);
	});

	it("are nodes that were not tried yet, those that are DOWN last", () => {
		setStates("UP", "UP", "DOWN");
		expect(names(1000, [0])).toBe("n2");
		expect(names(1000, [0, 1])).toBe("n3");
	});

	it("are not nodes of weight 0", () => {
		table.nodes[1]!.weight = 0;
		expect(names()).toBe("n1 n3");
	});

	it("are not full nodes, counting the isolate's own picks since the last report", () => {
		setReports([10, 9, 3], 10);
		Object.assign(table.nodes[1]!, { picks: 1, pickedAt: 1000 });
		expect(names()).toBe("n3");
	});

	it("are not full because of pending handshakes, which may open no session", () => {
		setReports([9, 9, 9], 10);
		for (const status of table.nodes) for (let i = 0; i < 40; i++) beginHandshake(status, 6000, 1000);
		expect(names(1000)).toBe("n1 n2 n3");
	});

	it("are none when the node that is UP refuses sessions and the others are DOWN, also once it was tried", () => {
		setStates("UP", "DOWN", "DOWN");
		recordRefusal(table.nodes[0]!, 1000);
		expect([names(1001), names(1001, [0])]).toEqual(["", ""]);
		expect(names(4001)).toBe("n1");
	});

	it("are none when all nodes that are UP are full, even if another is DOWN", () => {
		setStates("UP", "UP", "DOWN");
		setReports([1, 1, 0], 1);
		expect(names()).toBe("");
	});

	it("are all nodes that are DOWN or whose breakers are open when no other is in service", () => {
		for (const i of [0, 1]) recordCheck(table, table.nodes[i]!, false, 1000, 0);
		setStates("UP", "UP", "DOWN");
		expect(names(1000)).toBe("n1 n2 n3");
		setStates("UP", "MAINT", "DRAIN");
		expect(names(1000)).toBe("n1");
	});

	it("are all nodes when none reports its sessions, however many picks they have", () => {
		for (const status of table.nodes) Object.assign(status, { sessionLimit: 1, picks: 50 });
		expect(names()).toBe("n1 n2 n3");
	});

	it("for a request that opens no session, include full nodes and nodes that refused one", () => {
		setReports([1, 1, 1], 1);
		recordRefusal(table.nodes[1]!, 1000);
		expect(names(1001, [], false)).toBe("n1 n2 n3");
	});

	it("are not nodes that refused a session within the last 3 s", () => {
		recordRefusal(table.nodes[1]!, 1000);
		expect(names(1001)).toBe("n1 n3");
		expect(names(4001)).toBe("n1 n2 n3");
	});
});

describe("a suspected node", () => {
	it("is chosen last, and never excluded", () => {
		suspect(0, 1000);
		expect(names(1001)).toBe("n2 n3");
		expect(names(1001, [1, 2])).toBe("n1");
		for (const i of [1, 2]) suspect(i, 1000);
		expect(names(1001)).toBe("n1 n2 n3");
	});
});

describe("a node whose breaker is open", () => {
	it("is used only when no other node is left, as a node that is DOWN", () => {
		recordCheck(table, table.nodes[0]!, false, 1000, 0);
		setStates("UP", "DOWN", "UP");
		expect(names(1001)).toBe("n3");
		expect(names(1001, [2])).toBe("n1 n2");
	});

	it("is not used while another one is merely full", () => {
		setReports([0, 5, 5], 5);
		recordCheck(table, table.nodes[0]!, false, 1000, 0);
		expect(names(1001)).toBe("");
	});

	it("begins slow start when it closes", () => {
		recordCheck(table, table.nodes[0]!, false, 0, 0);
		recordCheck(table, table.nodes[0]!, true, 5000, 0);
		expect(
			candidates(pool, table, [], { now: 5000, opensSession: true, prefer: null }).map((each) => each.weight),
		).toEqual([1000, 10_000, 10_000]);
		expect(
			candidates(pool, table, [], { now: 35_000, opensSession: true, prefer: null }).map(
				(each) => each.weight,
			),
		).toEqual([10_000, 10_000, 10_000]);
	});
});

describe("the slow-start share of a node", () => {
	it.each([
		[0, 30_000, 5, 1],
		[1000, 0, 1001, 1],
		[1000, 30_000, 1000, 0.1],
		[1000, 30_000, 16_000, 0.5],
		[1000, 30_000, 31_000, 1],
	])("that came back at %i, with slow start over %i ms, is at %i: %f", (risen, slow, now, wanted) => {
		expect(slowStartShare(risen, slow, now)).toBe(wanted);
	});
});

describe("choose", () => {
	const criteria = { now: 1000, random: () => 0, key: null, prefer: null, opensSession: true };
	it("chooses the node of the client's cookie if it takes new sessions, else another", () => {
		const prefer = pool.nodes[2]!;
		expect(choose(pool, table, [], { ...criteria, prefer })?.id).toBe("n3");
		setStates("UP", "UP", "DRAIN");
		expect(choose(pool, table, [], { ...criteria, prefer })?.id).not.toBe("n3");
	});

	it("chooses the same node for the same key, and another once that one was tried", () => {
		const first = choose(pool, table, [], { ...criteria, key: "room-7" })!;
		expect(choose(pool, table, [], { ...criteria, key: "room-7" })).toBe(first);
		expect(choose(pool, table, [first], { ...criteria, key: "room-7" })).not.toBe(first);
	});

	it("counts picks, so that a burst of sessions spreads evenly before the next report", () => {
		for (let i = 0; i < 300; i++) choose(pool, table, [], { ...criteria, random: Math.random });
		const picks = table.nodes.map((status) => picksAt(status, 1000).sinceReport);
		expect(Math.max(...picks) - Math.min(...picks)).toBeLessThan(20);
	});

	it("counts sessions alike for nodes with and without reports, and forgets those that have probably ended", () => {
		setReports([500, 0, 0], 0);
		for (const status of table.nodes.slice(1)) status.boot = "";
		const loads = (now: number) =>
			candidates(pool, table, [], { now, opensSession: true, prefer: null }).map((each) => each.load);
		expect(loads(1000)).toEqual([0, 0, 0]);
		endHandshake(table.nodes[1]!, true, 1000);
		endHandshake(table.nodes[1]!, true, 1000);
		expect(loads(1000)).toEqual([0, 2, 0]);
		expect(loads(21_000)).toEqual([0, 1, 0]);
		setReports([500, 0, 7], 0);
		expect(loads(21_000)).toEqual([500, 1, 7]);
	});

	it("keeps a visitor at the node that the cookie names, whatever its weight and suspicion", () => {
		const prefer = pool.nodes[2]!;
		const visitor = { ...criteria, prefer, opensSession: false };
		suspect(2, 1000);
		expect(choose(pool, table, [], visitor)).toBe(prefer);
		expect(choose(pool, table, [], { ...criteria, prefer })).toBe(prefer);
		table.nodes[2]!.weight = 0;
		expect(choose(pool, table, [], visitor)).toBe(prefer);
		expect(choose(pool, table, [], { ...criteria, prefer })).not.toBe(prefer);
		recordCheck(table, table.nodes[2]!, false, 1100, 0);
		expect(choose(pool, table, [], visitor)).not.toBe(prefer);
	});

	it("spreads requests that open no session evenly, whatever sessions the nodes have", () => {
		setReports([0, 100, 1000], 0);
		const ids = Array.from(
			{ length: 9 },
			() => choose(pool, table, [], { ...criteria, opensSession: false })!.id,
		);
		for (const id of ["n1", "n2", "n3"]) expect(ids.filter((each) => each === id)).toHaveLength(3);
	});

	it("lets a visitor stay on the node of its cookie in DRAIN, but opens no session there", () => {
		setStates("DRAIN", "UP", "UP");
		const prefer = pool.nodes[0]!;
		expect(choose(pool, table, [], { ...criteria, prefer, opensSession: false })?.id).toBe("n1");
		expect(choose(pool, table, [prefer], { ...criteria, prefer, opensSession: false })?.id).not.toBe("n1");
		expect(choose(pool, table, [], { ...criteria, prefer })?.id).not.toBe("n1");
		setStates("MAINT", "UP", "UP");
		expect(choose(pool, table, [], { ...criteria, prefer, opensSession: false })?.id).not.toBe("n1");
	});

	it("counts no pick for a request that opens no session", () => {
		for (let i = 0; i < 10; i++) choose(pool, table, [], { ...criteria, opensSession: false });
		expect(table.nodes.map((status) => status.picks)).toEqual([0, 0, 0]);
	});

	it("chooses the nodes in turn in a round-robin pool", () => {
		const turns = poolOf({ balance: "roundrobin" });
		const ids = Array.from({ length: 6 }, () => choose(turns, table, [], criteria)!.id);
		expect([...ids.slice(0, 3)].sort()).toEqual(["n1", "n2", "n3"]);
		expect(ids.slice(3)).toEqual(ids.slice(0, 3));
	});
});
