/** What the monitor holds of one node, and how one probe changes it: pure. */
import type { NodeHealth, State } from "../contract.ts";
import type { Node, Pool } from "../pool.ts";
import type { Fault } from "./fault.ts";
import type { Probe } from "./probe.ts";

/** What an operator may say of a node. */
export const WORDS = ["ready", "drain", "maint"] as const;
export type Word = (typeof WORDS)[number];

export interface Watched {
	/** By probes alone. */
	readonly up: boolean;
	/** Probes in a row that spoke against `up`. */
	readonly against: number;
	readonly word: Word;
	/** The operator's weight; null = the configuration's. */
	readonly weight: number | null;
	/** Epoch ms of the last change of state, with its reason; 0 = never changed since first seen. */
	readonly since: number;
	readonly reason: string;
	/** Epoch ms when it last came back, by probes, by the operator's word or restarted: slow start begins there; 0 = never. */
	readonly risen: number;
	/** Counted since first seen: probes that failed, and turns to DOWN; milliseconds DOWN before `since`. */
	readonly failedProbes: number;
	readonly downs: number;
	readonly downtime: number;
	readonly probe: Probe | null;
	/** The boot ids last heard, newest first: one that comes back means several processes behind one address. */
	readonly boots: readonly string[];
	/** How often in a row the newest was heard: an overlapping restart is over after some. */
	readonly steady: number;
	readonly fault: Fault;
}

/** Equal boot ids in a row after which earlier ones are forgotten. */
const STEADY = 10;

/** A node not yet probed is taken to be up: the first thing a new edge does must not be to refuse. */
export const UNWATCHED: Watched = {
	up: true,
	against: 0,
	word: "ready",
	weight: null,
	since: 0,
	reason: "not probed yet",
	risen: 0,
	failedProbes: 0,
	downs: 0,
	downtime: 0,
	probe: null,
	boots: [],
	steady: 0,
	fault: "",
};

/** The state others see: the operator's word first, then the probes', then the node's own. */
export function stateOf(watched: Watched): State {
	if (watched.word === "maint") return "MAINT";
	if (!watched.up) return "DOWN";
	if (watched.word === "drain" || watched.probe?.health?.state === "draining") return "DRAIN";
	return "UP";
}

/** Takes in one probe. */
export function observe(before: Watched, probe: Probe, pool: Pool, node: Node, now: number): Watched {
	const against = probe.well === before.up ? 0 : before.against + 1;
	const turns = against >= (before.up ? pool.health.fall : pool.health.rise);
	const up = turns ? probe.well : before.up;
	const again = probe.health !== null && before.boots[0] === probe.health.boot;
	const steady = probe.health === null ? before.steady : again ? before.steady + 1 : 0;
	const boots = steady >= STEADY ? before.boots.slice(0, 1) : heard(before.boots, probe.health);
	const restarted = probe.health !== null && before.boots.length > 0 && !again;
	const after: Watched = {
		...before,
		up,
		against: turns ? 0 : against,
		risen: restarted ? now : before.risen,
		failedProbes: before.failedProbes + (probe.well ? 0 : 1),
		downs: before.downs + (turns && !up ? 1 : 0),
		probe:
			probe.health === null && probe.well === false
				? { ...probe, health: before.probe?.health ?? null }
				: probe,
		boots,
		steady,
		fault: faultOf(pool, node, probe.health, boots, before.fault),
	};
	return changed(before, after, reasonOf(probe), now);
}

/** Takes in the operator's word, or weight. */
export function told(before: Watched, word: Word | null, weight: number | null, now: number): Watched {
	const after = { ...before, word: word ?? before.word, weight: weight ?? before.weight };
	return changed(before, after, `operator: ${word ?? `weight ${weight}`}`, now);
}

function changed(before: Watched, after: Watched, reason: string, now: number): Watched {
	const was = stateOf(before);
	if (was === stateOf(after)) return before.since === 0 ? { ...after, reason } : after;
	const downtime = before.downtime + (was === "DOWN" && before.since > 0 ? now - before.since : 0);
	return { ...after, since: now, reason, downtime, risen: stateOf(after) === "UP" ? now : after.risen };
}

function reasonOf(probe: Probe): string {
	return `${probe.check}${probe.status === 0 ? "" : `/${probe.status}`} in ${probe.milliseconds} ms`;
}

function heard(boots: readonly string[], health: NodeHealth | null): readonly string[] {
	if (health === null || boots[0] === health.boot) return boots;
	return [health.boot, ...boots].slice(0, 6);
}

function faultOf(
	pool: Pool,
	node: Node,
	health: NodeHealth | null,
	boots: readonly string[],
	before: Fault,
): Fault {
	if (health === null) return before;
	if (boots.indexOf(boots[0]!, 1) > 0) return "many_processes";
	return pool.stickiness === "sid" && health.tag !== node.tag ? "foreign_tag" : "";
}
