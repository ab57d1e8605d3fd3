/** Choosing among nodes: pure, given weights, loads and a source of chance. */
import type { Node } from "../pool.ts";

/** A node that may be chosen, with its weight of the moment (a whole number above 0) and its sessions. */
export interface Weighted {
	readonly node: Node;
	readonly weight: number;
	readonly load: number;
}

/**
 * Power of two choices: draws two nodes by weight and takes the one with fewer sessions for its weight.
 * `random` gives a number in [0, 1). Null when there is no node.
 */
export function leastOfTwo(nodes: readonly Weighted[], random: () => number): Weighted | null {
	const first = drawByWeight(nodes, null, random);
	if (first === null) return null;
	const second = drawByWeight(nodes, first, random);
	if (second === null) return first;
	return second.load / second.weight < first.load / first.weight ? second : first;
}

/** Smooth turns by weight; `turn` is any whole number that goes up by one. */
export function byTurn(nodes: readonly Weighted[], turn: number): Weighted | null {
	const unit = nodes.reduce((divisor, each) => gcd(each.weight, divisor), 0);
	if (unit === 0) return null;
	const round = weightOf(nodes) / unit;
	// A step co-prime to the round spreads a heavy node's turns over it instead of giving them in a row.
	let place = (turn * strideOf(round)) % round;
	for (const each of nodes) {
		place -= each.weight / unit;
		if (place < 0) return each;
	}
	return null;
}

function drawByWeight(
	nodes: readonly Weighted[],
	not: Weighted | null,
	random: () => number,
): Weighted | null {
	let place = random() * (weightOf(nodes) - (not?.weight ?? 0));
	let last: Weighted | null = null;
	for (const each of nodes) {
		if (each === not) continue;
		last = each;
		place -= each.weight;
		if (place < 0) return each;
	}
	return last;
}

function weightOf(nodes: readonly Weighted[]): number {
	let total = 0;
	for (const each of nodes) total += each.weight;
	return total;
}

function strideOf(round: number): number {
	let stride = Math.max(1, Math.round(round * 0.618));
	while (gcd(stride, round) !== 1) stride += 1;
	return stride;
}

function gcd(a: number, b: number): number {
	return b === 0 ? a : gcd(b, a % b);
}
