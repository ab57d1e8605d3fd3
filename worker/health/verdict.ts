/** The monitor's verdict on every node, as it is sent to the isolates and applied there. */
import type { Pool } from "../config/pool.ts";
import type { NodeHealth, NodeState } from "../contract.ts";
import type { Fault } from "./fault.ts";
import type { AdminState } from "./node-change.ts";
import { beginService, type NodeTable } from "./node-table.ts";
import { NO_CHECK } from "./probe.ts";
import type { Warning } from "./warning.ts";

/** Fields that may be missing are not sent by monitors of earlier versions, which run for seconds beside a new version. */
export interface NodeVerdict {
	readonly pool: string;
	readonly node: string;
	readonly state: NodeState;
	readonly adminState: AdminState;
	/** The weight in force, and the operator's; null = the configured weight is in force. */
	readonly weight: number;
	readonly operatorWeight?: number | null;
	/** Epoch ms of the last change of state, and when it last came back; 0 = never. */
	readonly since: number;
	readonly risen: number;
	readonly reason: string;
	readonly fault: Fault | "";
	/** The last probe, `word` in HAProxy's terms (L7OK …) or `NO CHECK`; null = not probed yet. */
	readonly check: { readonly word: string; readonly status: number; readonly milliseconds: number } | null;
	readonly failedProbes: number;
	readonly downs: number;
	/** Milliseconds, including the current time DOWN. */
	readonly downtime: number;
	/** The node's last health report; null = it does not follow the contract, or never answered. */
	readonly health: NodeHealth | null;
	/** Whether it ever followed the contract at its address. */
	readonly hasSpokenContract?: boolean;
	readonly warnings?: readonly Warning[];
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

/** Copies a verdict into the tables. Nodes that are missing in it keep their status. */
export function applyVerdict(pools: readonly PoolStatus[], verdict: Verdict): void {
	for (const each of verdict.nodes) {
		const table = pools.find(({ pool }) => pool.name === each.pool)?.table;
		const status = table?.nodes.find(({ node }) => node.id === each.node);
		if (status === undefined) continue;
		status.state = each.state;
		status.weight = each.weight;
		if (each.risen > status.upSince) beginService(table!, status, each.risen);
		status.fault = each.fault;
		status.hasSpokenContract = each.hasSpokenContract === true;
		status.isNoCheck = each.check?.word === NO_CHECK;
		if (each.fault === "foreign_tag") status.tagCheckedAt = 0;
		if (each.state === "DOWN") {
			// A report from before the node went DOWN is no longer true.
			status.live = { polling: 0, websocket: 0, flashsocket: 0 };
			continue;
		}
		if (each.health === null) continue;
		const { boot, opened, limit, sessions, transports } = each.health;
		const restarted = boot !== status.boot;
		if (restarted) status.tagCheckedAt = 0;
		// A node's new report includes the isolate's own picks. Until it arrives they are added to the last one.
		if (restarted || opened !== status.opened) status.picks = 0;
		status.boot = boot;
		status.opened = opened;
		status.sessionLimit = limit;
		status.sessions = sessions;
		status.live = { ...transports };
	}
}
