/** The monitor's verdict on every node, as it travels to the isolates. */
import { type NodeHealth, STATES, type State } from "../contract.ts";
import type { Edge } from "../edge.ts";
import { FAULTS, type Fault } from "./fault.ts";
import type { Word } from "./watch.ts";

export interface NodeVerdict {
	readonly pool: string;
	readonly node: string;
	readonly state: State;
	readonly word: Word;
	/** The weight in force. */
	readonly weight: number;
	/** Epoch ms; 0 = never. */
	readonly since: number;
	readonly risen: number;
	readonly reason: string;
	readonly fault: Fault;
	readonly check: { readonly word: string; readonly status: number; readonly milliseconds: number } | null;
	readonly failedProbes: number;
	readonly downs: number;
	/** Milliseconds, the present time DOWN included. */
	readonly downtime: number;
	/** What the node last said of itself; null = it does not speak the contract, or was never heard. */
	readonly health: NodeHealth | null;
}

export interface Verdict {
	/** Epoch ms of the answer. */
	readonly at: number;
	readonly nodes: readonly NodeVerdict[];
}

/** Writes a verdict into what the isolate knows. Nodes it does not name keep what is known of them. */
export function learn(edge: Edge, verdict: Verdict): void {
	for (const said of verdict.nodes) {
		const pool = edge.config.pools.find((each) => each.name === said.pool);
		const node = pool?.nodes.find((each) => each.id === said.node);
		if (!pool || !node) continue;
		const known = edge.known[pool.index]!;
		known.state[node.index] = STATES.indexOf(said.state);
		known.weight[node.index] = said.weight;
		known.risen[node.index] = Math.max(said.risen, known.risen[node.index]!);
		known.fault[node.index] = FAULTS.indexOf(said.fault);
		if (said.fault === "foreign_tag") known.minted[node.index] = 0;
		if (said.state === "DOWN") known.live.fill(0, node.index * 3, node.index * 3 + 3);
		if (said.health === null || said.state === "DOWN") continue;
		if (said.health.boot !== known.boot[node.index]) known.minted[node.index] = 0;
		known.limit[node.index] = said.health.limit;
		// Own picks are part of the node's next report; until it changes they are counted on top.
		if (known.opened[node.index] !== said.health.opened || said.health.boot !== known.boot[node.index])
			known.picks[node.index] = 0;
		known.opened[node.index] = said.health.opened;
		known.boot[node.index] = said.health.boot;
		known.sessions[node.index] = said.health.sessions;
		const { polling, websocket, flashsocket } = said.health.transports;
		known.live.set([polling, websocket, flashsocket], node.index * 3);
	}
}
