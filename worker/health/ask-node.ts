/** The isolate's own health checks of nodes whose exchanges failed. Only their results open and close a breaker. */
import type { Pool } from "../config/pool.ts";
import { claimCheck, type NodeStatus, type NodeTable, recordCheck } from "./node-table.ts";
import { checkNode } from "./probe.ts";
import { takeWarningLines } from "./warning.ts";

/**
 * Checks the pool's nodes whose check is due; null when none is. Runs after an exchange has ended, so that a
 * client's failing request alone cannot change a node's status. Never rejects.
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
	return due === null ? null : Promise.all(due.map((status) => checkNow(pool, table, status, secret)));
}

/** Checks a node and records the result. Never rejects. */
export async function checkNow(
	pool: Pool,
	table: NodeTable,
	status: NodeStatus,
	secret: string,
): Promise<boolean> {
	const { node, hasSpokenContract, isNoCheck } = status;
	const { healthy } = await checkNode(pool, node, secret, hasSpokenContract, isNoCheck);
	const now = Date.now();
	recordCheck(table, status, healthy, now, Math.random());
	for (const line of takeWarningLines(status, pool, now)) console.warn(line);
	return healthy;
}
