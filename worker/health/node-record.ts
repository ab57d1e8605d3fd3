/** The monitor's record of one node, and how a probe or an operator changes it: pure functions. */
import type { Node, Pool } from "../config/pool.ts";
import type { NodeHealth, NodeState } from "../contract.ts";
import type { Fault } from "./fault.ts";
import type { AdminState, NodeChange } from "./node-change.ts";
import type { Probe } from "./probe.ts";

export interface NodeRecord {
	/** The state by probes alone. */
	readonly up: boolean;
	/** Probes in a row that contradict `up`. */
	readonly against: number;
	readonly adminState: AdminState;
	/** The operator's weight, and the configured weight that it replaced; null = the configured one is in force. */
	readonly weight: number | null;
	readonly replacedWeight: number | null;
	/** Epoch ms and reason of the last change of state; 0 = none since the first probe. */
	readonly since: number;
	readonly reason: string;
	/** Epoch ms when it last came back (by probes, an operator or a restart), and slow start began; 0 = never. */
	readonly risen: number;
	/** Failed probes, and changes to DOWN, since the first probe. */
	readonly failedProbes: number;
	readonly downs: number;
	/** Milliseconds DOWN before `since`. */
	readonly downtime: number;
	readonly probe: Probe | null;
	/** The address at which the node last reported its health in the contract's form; "" = never. */
	readonly contractUrl: string;
	/** The latest boot ids, newest first. An earlier one that returns means several processes behind one address. */
	readonly boots: readonly string[];
	/** How often in a row the newest boot id was seen again. */
	readonly steady: number;
	readonly fault: Fault | "";
}

/** After this many equal boot ids in a row earlier ones are forgotten: an overlapping restart is over by then. */
const STEADY_PROBES = 10;
/** Boot ids remembered. */
const MAX_BOOTS = 6;

/** A node that was not probed yet counts as UP, so that a new edge accepts sessions at once. */
export const NEW_NODE_RECORD: NodeRecord = {
	up: true,
	against: 0,
	adminState: "ready",
	weight: null,
	replacedWeight: null,
	since: 0,
	reason: "not probed yet",
	risen: 0,
	failedProbes: 0,
	downs: 0,
	downtime: 0,
	probe: null,
	contractUrl: "",
	boots: [],
	steady: 0,
	fault: "",
};

/** The node's state. The admin state decides first, then the probes, then the node's own report. */
export function stateOf(record: NodeRecord): NodeState {
	if (record.adminState === "maint") return "MAINT";
	if (!record.up) return "DOWN";
	if (record.adminState === "drain" || record.probe?.health?.state === "draining") return "DRAIN";
	return "UP";
}

/** Whether the node has followed the contract since it is at its address. Another program may run at another address. */
export function hasSpokenContract(record: NodeRecord, node: Node): boolean {
	return record.contractUrl === node.url;
}

/** The stored record under the current configuration: the operator's weight ends when the configured one has changed. */
export function underConfiguration(record: NodeRecord, node: Node): NodeRecord {
	if (record.weight === null || record.replacedWeight === node.weight) return record;
	// Earlier versions did not store which weight was replaced.
	if (record.replacedWeight === null) return { ...record, replacedWeight: node.weight };
	return { ...record, weight: null, replacedWeight: null };
}

/** The record after one more probe. */
export function afterProbe(
	before: NodeRecord,
	probe: Probe,
	pool: Pool,
	node: Node,
	now: number,
): NodeRecord {
	const { healthy, health } = probe;
	const against = healthy === before.up ? 0 : before.against + 1;
	const changes = against >= (before.up ? pool.health.fall : pool.health.rise);
	const up = changes ? healthy : before.up;
	const sameBoot = health !== null && before.boots[0] === health.boot;
	const steady = health === null ? before.steady : sameBoot ? before.steady + 1 : 0;
	const boots = steady >= STEADY_PROBES ? before.boots.slice(0, 1) : withBoot(before.boots, health);
	const restarted = health !== null && before.boots.length > 0 && !sameBoot;
	const after: NodeRecord = {
		...before,
		up,
		against: changes ? 0 : against,
		risen: restarted ? now : before.risen,
		failedProbes: before.failedProbes + (healthy ? 0 : 1),
		downs: before.downs + (changes && !up ? 1 : 0),
		probe: health === null && !healthy ? { ...probe, health: before.probe?.health ?? null } : probe,
		contractUrl: health === null ? before.contractUrl : node.url,
		boots,
		steady,
		fault: faultOf(pool, node, health, boots, before.fault),
	};
	return withTransition(before, after, reasonOf(probe), now);
}

/** The record after an operator's change. */
export function afterChange(
	before: NodeRecord,
	{ adminState, weight }: Pick<NodeChange, "adminState" | "weight">,
	node: Node,
	now: number,
): NodeRecord {
	const weights =
		weight === undefined ? {} : { weight, replacedWeight: weight === null ? null : node.weight };
	const after = { ...before, ...weights, adminState: adminState ?? before.adminState };
	const changed = adminState ?? (weight === null ? "configured weight" : `weight ${weight}`);
	return withTransition(before, after, `operator: ${changed}`, now);
}

function withTransition(before: NodeRecord, after: NodeRecord, reason: string, now: number): NodeRecord {
	const previous = stateOf(before);
	if (previous === stateOf(after)) return before.since === 0 ? { ...after, reason } : after;
	const downtime = before.downtime + (previous === "DOWN" && before.since > 0 ? now - before.since : 0);
	return { ...after, since: now, reason, downtime, risen: stateOf(after) === "UP" ? now : after.risen };
}

function reasonOf(probe: Probe): string {
	return `${probe.check}${probe.status === 0 ? "" : `/${probe.status}`} in ${probe.milliseconds} ms`;
}

function withBoot(boots: readonly string[], health: NodeHealth | null): readonly string[] {
	if (health === null || boots[0] === health.boot) return boots;
	return [health.boot, ...boots].slice(0, MAX_BOOTS);
}

function faultOf(
	pool: Pool,
	node: Node,
	health: NodeHealth | null,
	boots: readonly string[],
	before: Fault | "",
): Fault | "" {
	if (health === null) return before;
	if (boots.indexOf(boots[0]!, 1) > 0) return "many_processes";
	return pool.stickiness === "sid" && health.tag !== node.tag ? "foreign_tag" : "";
}
