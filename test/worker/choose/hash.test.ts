import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { hashKey, nodeOfAddress, rendezvous } from "../../../worker/choose/hash.ts";
import type { Node } from "../../../worker/config/pool.ts";
import type { NodeState } from "../../../worker/contract.ts";
import {
	type NodeTable,
	newNodeTable,
	recordCheck,
	recordEvidence,
} from "../../../worker/health/node-table.ts";
import { poolOf } from "../support/pools.ts";

const pool = poolOf();
let table: NodeTable;
const setStates = (...states: NodeState[]) => {
	for (const [i, state] of states.entries()) table.nodes[i]!.state = state;
};
const weighted = (weights: readonly number[]) =>
	weights.map((weight, index) => ({ node: { id: `n${index}`, index } as Node, weight }));

beforeEach(() => {
	table = newNodeTable(pool, 0);
});

describe("rendezvous", () => {
	const names = fc.array(fc.string({ minLength: 1 }), { minLength: 50, maxLength: 50 });
	const nodes = weighted([100, 100, 100, 100]);

	it("moves only the keys of a removed node", () => {
		fc.assert(
			fc.property(names, fc.nat(3), (keys, removed) => {
				const remaining = nodes.filter((each) => each.node.index !== removed);
				return keys.every((key) => {
					const before = rendezvous(nodes, key)!;
					return before.node.index === removed || rendezvous(remaining, key) === before;
				});
			}),
		);
	});

	it("gives each node its share of keys, by weight", () => {
		const counts = [0, 0, 0];
		for (let i = 0; i < 6000; i++)
			counts[rendezvous(weighted([100, 100, 200]), `10.0.${i >> 8}.${i & 255}`)!.node.index]! += 1;
		const [a, b, c] = counts.map((count) => count / 6000) as [number, number, number];
		expect(a).toBeCloseTo(0.25, 1);
		expect(b).toBeCloseTo(0.25, 1);
		expect(c).toBeCloseTo(0.5, 1);
	});
});

describe("the node of a client address", () => {
	it("changes only for the clients of a node that is not UP, and not during slow start", () => {
		const addresses = Array.from({ length: 100 }, (_, i) => `10.1.2.${i}`);
		const before = addresses.map((address) => nodeOfAddress(table, address, [])!.id);
		setStates("UP", "DRAIN", "UP");
		table.nodes[0]!.upSince = 999;
		const after = addresses.map((address) => nodeOfAddress(table, address, [])!.id);
		for (const [i, id] of before.entries()) expect(after[i] === id || id === "n2").toBe(true);
		expect(after).not.toContain("n2");
	});
});

describe("the node of a client address, without a monitor", () => {
	it("stays the same when exchanges with it fail, and is another one while its own health check fails", () => {
		const first = nodeOfAddress(table, "10.0.0.1", [])!;
		const status = table.nodes[first.index]!;
		for (let n = 0; n < 12; n++) recordEvidence(status, { failed: true, hasOpened: true }, 1000);
		expect(nodeOfAddress(table, "10.0.0.1", [])).toBe(first);
		recordCheck(table, status, false, 1100, 0);
		expect(nodeOfAddress(table, "10.0.0.1", [])).not.toBe(first);
		recordCheck(table, status, true, 9000, 0);
		expect(nodeOfAddress(table, "10.0.0.1", [])).toBe(first);
	});

	it("is one of all nodes when none is in service", () => {
		const first = nodeOfAddress(table, "10.0.0.1", [])!;
		for (const status of table.nodes) recordCheck(table, status, false, 1000, 0);
		expect(nodeOfAddress(table, "10.0.0.1", [])).toBe(first);
	});
});

describe("the hash key", () => {
	const headers = new Headers({ "x-room": "7", cookie: "a=1; user=ada" });
	it.each([
		["header:x-room", "7"],
		["header:x-none", null],
		["cookie:user", "ada"],
		["query:room", "blue"],
	])("from %s is %s", (hash_on, wanted) => {
		expect(hashKey(poolOf({ balance: "hash", hash_on }), "?room=blue", headers)).toBe(wanted);
	});
});
