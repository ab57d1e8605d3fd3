/** Choosing a node for a new session: pure, given what is known of the nodes and a source of chance. */
import type { Node } from "../pool.ts";

/**
 * Power of two choices: draws two nodes by weight and takes the one with fewer sessions for its weight.
 * `load` gives a node's sessions, `random` a number in [0, 1). Null when no node may be chosen.
 */
export function leastOfTwo(
	nodes: readonly Node[],
	load: (node: Node) => number,
	random: () => number,
): Node | null {
	const first = drawByWeight(nodes, null, random);
	if (first === null) return null;
	const second = drawByWeight(nodes, first, random);
	if (second === null) return first;
	return load(second) / second.weight < load(first) / first.weight ? second : first;
}

/** Smooth turns by weight; `turn` is any whole number that goes up by one. */
export function byTurn(nodes: readonly Node[], turn: number): Node | null {
	const unit = nodes.reduce((divisor, node) => gcd(node.weight, divisor), 0);
	if (unit === 0) return null;
	const round = weightOf(nodes) / unit;
	// A step co-prime to the round spreads a heavy node's turns over it instead of giving them in a row.
	let place = (turn * strideOf(round)) % round;
	for (const node of nodes) {
		place -= node.weight / unit;
		if (place < 0) return node;
	}
	return null;
}

function drawByWeight(nodes: readonly Node[], not: Node | null, random: () => number): Node | null {
	const total = weightOf(nodes) - (not?.weight ?? 0);
	if (total <= 0) return null;
	let place = random() * total;
	let last: Node | null = null;
	for (const node of nodes) {
		if (node === not || node.weight === 0) continue;
		last = node;
		place -= node.weight;
		if (place < 0) return node;
	}
	return last;
}

function weightOf(nodes: readonly Node[]): number {
	let total = 0;
	for (const node of nodes) total += node.weight;
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
