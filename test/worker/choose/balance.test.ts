import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byTurn, type Candidate, leastOfTwo } from "../../../worker/choose/choose.ts";
import type { Node } from "../../../worker/config/pool.ts";

const node = (index: number): Node => ({
	id: `n${index}`,
	url: "",
	tag: "",
	weight: 100,
	maxSessions: 0,
	index,
});
const weighted = (weights: readonly number[], loads: readonly number[] = []): Candidate[] =>
	weights.map((weight, i) => ({ node: node(i), weight, load: loads[i] ?? 0 }));
/** A random function that returns these numbers in turn. */
const sequence = (numbers: readonly number[]) => {
	let i = 0;
	return () => numbers[i++ % numbers.length]!;
};

describe("leastOfTwo", () => {
	it.each([
		["takes the less loaded of the two it draws", [1, 1], [5, 3], [0, 0], 1],
		["takes the first when both have the same load", [1, 1], [4, 4], [0, 0], 0],
		["compares loads in proportion to weights", [2, 1], [6, 4], [0, 0], 0],
		["takes the only node there is", [1], [9], [0.99], 0],
	])("%s", (_what, weights, loads, randoms, wanted) => {
		expect(leastOfTwo(weighted(weights, loads), sequence(randoms))?.node.index).toBe(wanted);
	});

	it("returns null for an empty list", () => {
		expect(leastOfTwo([], Math.random)).toBeNull();
	});

	it("never takes the most loaded of three nodes", () => {
		fc.assert(
			fc.property(
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				(a, b) => {
					return leastOfTwo(weighted([1, 1, 1], [1, 9, 2]), sequence([a, b]))?.node.index !== 1;
				},
			),
		);
	});
});

describe("byTurn", () => {
	const turnsOf = (weights: readonly number[], turns: number) => {
		const counts = weights.map(() => 0);
		for (let turn = 0; turn < turns; turn++) counts[byTurn(weighted(weights), turn)!.node.index]! += 1;
		return counts;
	};

	it.each([
		[[100, 100, 100], 300, [100, 100, 100]],
		[[200, 100, 100], 400, [200, 100, 100]],
		[[3, 2, 1], 60, [30, 20, 10]],
		[[10_000], 7, [7]],
	])("gives nodes of weights %j, in %i turns, exactly %j turns each", (weights, turns, wanted) => {
		expect(turnsOf(weights, turns)).toEqual(wanted);
	});

	it("does not give a heavy node two turns in a row", () => {
		const turns = Array.from({ length: 4 }, (_, turn) => byTurn(weighted([2, 1, 1]), turn)!.node.index);
		expect(turns.join("")).not.toMatch(/00/);
	});
});
