/** The isolate's own health checks of nodes whose exchanges failed. Only their results open and close a breaker. */
import type { Pool } from "../config/pool.ts";
import { claimCheck, type NodeStatus, type NodeTable, recordCheck } from "./node-table.ts";
import { checkNode } from "./probe.ts";

/**
 * Checks the pool's nodes whose check is due; null when none is. Runs after an exchange has ended: a client that asks for
 * something that fails never decides about a node's status. Never rejects.
 */
export function checkSuspected(
	pool: Pool,
	table: NodeTable,
	secret: string,
	now: number,
): Promise<unknown> | null {
	let due: NodeStatus[] | null = null;
	for (const status of table.nodes) {
		if (!claimCheck(status, now)) continue;
		due ??= [];
		due.push(status);
	}
	return due === null ? null : Promise.all(due.map((status) => check(pool, table, status, secret)));
}

async function check(pool: Pool, table: NodeTable, status: NodeStatus, secret: string): Promise<void> {
	const { node, hasSpokenContract, isNoCheck } = status;
	const { healthy } = await checkNode(pool, node, secret, hasSpokenContract, isNoCheck);
	recordCheck(table, status, healthy, Date.now(), Math.random());
}
