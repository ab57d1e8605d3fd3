/** Replacing all nodes of a running cluster, one after another. */
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../../worker/command-line/command.ts";
import { type ClusterNode, errorOf, failureOf } from "./messages.ts";

/** Replaces the nodes and yields each new one; when `stop` is aborted no further node is replaced. */
export type Roll = (stop: AbortSignal) => AsyncGenerator<ClusterNode>;

/** A node that can be replaced. */
export interface ReplaceableNode {
	replace(): Promise<ClusterNode>;
}

/**
 * Creates the cluster's roll; only one can be in progress. It pauses for `settleMs` after each node, until the
 * edge has noticed that the new node is up: otherwise two nodes would be without new sessions at once.
 */
export function createRoll(nodes: readonly ReplaceableNode[], settleMs: number): Roll {
	let isRolling = false;
	return async function* (stop) {
		if (isRolling) throw new CommandError("a roll is already in progress; wait for it to finish");
		isRolling = true;
		try {
			for (const [index, node] of nodes.entries()) {
				if (index > 0) await sleep(settleMs);
				if (stop.aborted) return;
				yield await node.replace();
			}
		} catch (error) {
			throw errorOf(failureOf(error, "the roll stopped: "));
		} finally {
			isRolling = false;
		}
	};
}
