/** The monitor's verdict on every node, as it is sent to the isolates and applied there. */
import type { Pool } from "../config/pool.ts";
import type { NodeHealth, NodeState } from "../contract.ts";
import type { Fault } from "./fault.ts";
import type { AdminState } from "./node-change.ts";
import type { NodeTable } from "./node-table.ts";

export interface NodeVerdict {
	readonly pool: string;
	readonly node: string;
	readonly state: NodeState;
	readonly adminState: AdminState;
	/** The weight in force. */
	readonly weight: number;
	/** Epoch ms of the last change of state, and when it last came back; 0 = never. */
	readonly since: number;
	readonly risen: number;
	readonly reason: string;
	readonly fault: Fault;
	/** The last probe, `word` in HAProxy's terms (L7OK …); null = not probed yet. */
	readonly check: { readonly word: string; readonly status: number; readonly milliseconds: number } | null;
	readonly failedProbes: number;
	readonly downs: number;
	/** Milliseconds, including the current time DOWN. */
	readonly downtime: number;
	/** The node's last health report; null = it does not speak the contract, or never answered. */
	readonly health: NodeHealth | null;
}

export interface Verdict {
	/** Epoch ms of the answer. */
	readonly at: number;
	readonly nodes: readonly NodeVerdict[];
}

/** A pool and what the isolate knows about its nodes. */
export interface PoolStatus {
	readonly pool: Pool;
	readonly table: NodeTable;
}

/** Writes a verdict into the tables. Nodes it does not name keep their status. */
export function applyVerdict(pools: readonly PoolStatus[], verdict: Verdict): void {
	for (const each of verdict.nodes) {
		const table = pools.find(({ pool }) => pool.name === each.pool)?.table;
		const status = table?.nodes.find(({ node }) => node.id === each.node);
		if (status === undefined) continue;
		status.state = each.state;
		status.weight = each.weight;
		status.upSince = Math.max(each.risen, status.upSince);
		status.fault = each.fault;
		if (each.fault === "foreign_tag") status.tagCheckedAt = 0;
		if (each.state === "DOWN") {
			// What a node reported before it went DOWN is no longer true.
			status.live = { polling: 0, websocket: 0, flashsocket: 0 };
			continue;
		}
		if (each.health === null) continue;
		const { boot, opened, limit, sessions, transports } = each.health;
		const restarted = boot !== status.boot;
		if (restarted) status.tagCheckedAt = 0;
		// The isolate's own picks are part of the node's next report; until it changes they are added to it.
		if (restarted || opened !== status.opened) status.picks = 0;
		status.boot = boot;
		status.opened = opened;
		status.sessionLimit = limit;
		status.sessions = sessions;
		status.live = { ...transports };
	}
}
