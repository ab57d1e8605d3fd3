/**
 * What one isolate knows about the nodes of a pool: the monitor's verdict, the nodes' last reports, and the
 * failures seen in its own traffic. Plain data, so that no request can block another.
 */
import type { Node, Pool } from "../config/pool.ts";
import type { NodeState } from "../contract.ts";
import type { Fault } from "./fault.ts";

export interface NodeStatus {
	readonly node: Node;
	/** From the monitor's verdict: state, weight in force, and fault. */
	state: NodeState;
	weight: number;
	fault: Fault | "";
	/** Epoch ms when it last came back, by the monitor's verdict or this isolate's own health check; 0 = never. */
	upSince: number;
	/** The node's last report: live sessions in all and by transport, its own limit (0 = none), sessions opened, boot id ("" = it never sent a report). */
	sessions: number;
	live: { polling: number; websocket: number; flashsocket: number };
	sessionLimit: number;
	opened: number;
	boot: string;
	/** By the verdict: whether it ever followed the contract, and whether its last check was NO CHECK. */
	hasSpokenContract: boolean;
	isNoCheck: boolean;
	/** New sessions that this isolate sent to it: since the last report, and lately. Both decay from `pickedAt` on. */
	picks: number;
	recentPicks: number;
	/** Epoch ms of the last pick. */
	pickedAt: number;
	/** Epoch ms when each pending handshake ends at the latest. When a client leaves, nothing reports the end of its handshake. */
	pendingHandshakes: number[];
	/** Suspicion: failed exchanges in a row, and epoch ms of the last one. */
	failures: number;
	failedAt: number;
	/** The circuit breaker: health checks of this isolate that failed in a row. It is open while this is above 0. */
	failedChecks: number;
	/** Epoch ms of this isolate's last health check, and before which it makes no other. */
	checkedAt: number;
	nextCheckAt: number;
	/** Epoch ms until which it gets no new session, because it refused one. */
	refusedUntil: number;
	/** Epoch ms when a new session id last had its tag; 0 = not checked; `WRONG_TAG` = the last one lacked it. */
	tagCheckedAt: number;
	/** What this isolate found wrong with a node that works: the text with the fix, by code. */
	warnings: Record<string, string>;
	/** Epoch ms when a warning was last logged, by code. */
	readonly warningsLoggedAt: Record<string, number>;
}

export interface NodeTable {
	/** In the order of the pool's nodes. */
	readonly nodes: readonly NodeStatus[];
	/** Choices by round robin so far. */
	turn: number;
}

/** Value of `tagCheckedAt` after a session id without the node's tag. */
export const WRONG_TAG = -1;

/** How long a node's own refusal (draining, full) counts. */
const REFUSAL_LIFETIME_MS = 3000;
/** How long a failed exchange counts. */
const SUSPICION_LIFETIME_MS = 30_000;
/** Failures in a row that a passed health check does not excuse. */
const LASTING_FAILURES = 3;
/** An isolate checks a suspected node at most this often, and one with an open breaker after pauses that double, up to the longest. */
const CHECK_INTERVAL_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;
/** The time in which half of the sessions that were sent to a node are taken to have ended, as long as the node does not report them. */
const PICKS_HALF_LIFE_MS = 20_000;

/** The warning about a node that passes its health check although handshakes fail. */
const HANDSHAKES_FAIL = "handshakes_fail";
const HANDSHAKES_FAIL_FIX = "health OK, handshakes fail; see the node's log";

/** A table without any reports. `firstTurn` is where round robin begins: a random number, so that new isolates do not all start with the first node. */
export function newNodeTable(pool: Pool, firstTurn: number): NodeTable {
	return { nodes: pool.nodes.map(newNodeStatus), turn: firstTurn };
}

function newNodeStatus(node: Node): NodeStatus {
	return {
		node,
		state: "UP",
		weight: node.weight,
		fault: "",
		upSince: 0,
		sessions: 0,
		live: { polling: 0, websocket: 0, flashsocket: 0 },
		sessionLimit: 0,
		opened: 0,
		boot: "",
		hasSpokenContract: false,
		isNoCheck: false,
		picks: 0,
		recentPicks: 0,
		pendingHandshakes: [],
		pickedAt: 0,
		failures: 0,
		failedAt: 0,
		failedChecks: 0,
		checkedAt: 0,
		nextCheckAt: 0,
		refusedUntil: 0,
		tagCheckedAt: 0,
		warnings: {},
		warningsLoggedAt: {},
	};
}

/** Whether the node is in service: UP by the monitor's verdict, and its breaker closed. */
export function isInService({ state, failedChecks }: NodeStatus): boolean {
	return state === "UP" && failedChecks === 0;
}

/** Whether exchanges with the node failed lately. Such a node is chosen last, but never excluded. */
export function isSuspected({ failures, failedAt }: NodeStatus, now: number): boolean {
	return failures > 0 && now - failedAt < SUSPICION_LIFETIME_MS;
}

/**
 * The sessions that this isolate sent to the node since its last report, and lately: those that decay has left; and
 * the handshakes that are pending.
 */
export function picksAt(
	status: NodeStatus,
	now: number,
): { readonly sinceReport: number; readonly recent: number; readonly pending: number } {
	const left = shareLeft(status, now);
	const pending = status.pendingHandshakes.filter((endsAt) => endsAt > now).length;
	return { sinceReport: status.picks * left, recent: status.recentPicks * left, pending };
}

function shareLeft({ pickedAt }: NodeStatus, now: number): number {
	return 2 ** ((pickedAt - now) / PICKS_HALF_LIFE_MS);
}

/** Records that a handshake is sent to the node, and ends at `endsAt` at the latest. */
export function beginHandshake(status: NodeStatus, endsAt: number, now: number): void {
	status.pendingHandshakes = [...status.pendingHandshakes.filter((each) => each > now), endsAt];
}

/** Records that a handshake ended, and the session that it opened. */
export function endHandshake(status: NodeStatus, hasOpened: boolean, now: number): void {
	status.pendingHandshakes.shift();
	if (!hasOpened) return;
	const left = shareLeft(status, now);
	status.picks = status.picks * left + 1;
	status.recentPicks = status.recentPicks * left + 1;
	status.pickedAt = now;
}

/** Records that the node refuses new sessions, because it drains or is full. */
export function recordRefusal(status: NodeStatus, now: number): void {
	status.refusedUntil = now + REFUSAL_LIFETIME_MS;
}

/**
 * Records the result of an exchange that is evidence about the node. A failure makes the node suspected. A success ends
 * that only if it opened a session, since a node can serve its sessions and still open none.
 */
export function recordEvidence(
	status: NodeStatus,
	{ failed, hasOpened }: { readonly failed: boolean; readonly hasOpened: boolean },
	now: number,
): void {
	if (failed) {
		status.failures = isSuspected(status, now) ? status.failures + 1 : 1;
		status.failedAt = now;
	} else if (hasOpened) endSuspicion(status);
}

function endSuspicion(status: NodeStatus): void {
	status.failures = 0;
	delete status.warnings[HANDSHAKES_FAIL];
}

/**
 * Whether a health check of the node is due: after a new failure at most once a second, and while the breaker is open
 * after each pause. If so, claims it, so that no other request makes the same check. `isWanted`: also without a failure.
 */
export function claimCheck(status: NodeStatus, now: number, isWanted = false): boolean {
	const isDue = isWanted || status.failedChecks > 0 || status.failedAt > status.checkedAt;
	if (!isDue || now < status.nextCheckAt) return false;
	status.checkedAt = now;
	status.nextCheckAt = now + CHECK_INTERVAL_MS;
	return true;
}

/**
 * Records the result of this isolate's health check: a failed one opens the breaker, and only a passed one closes it.
 * `random` in [0, 1) spreads the checks of many isolates over time.
 */
export function recordCheck(
	table: NodeTable,
	status: NodeStatus,
	healthy: boolean,
	now: number,
	random: number,
): void {
	if (!healthy) {
		const pause = Math.min(CHECK_INTERVAL_MS * 2 ** status.failedChecks, LONGEST_PAUSE_MS);
		status.failedChecks += 1;
		status.nextCheckAt = now + pause * (0.5 + random * 0.5);
		return;
	}
	if (status.failedChecks > 0) {
		status.failedChecks = 0;
		endSuspicion(status);
		beginService(table, status, now);
	} else if (status.failures < LASTING_FAILURES) endSuspicion(status);
	else status.warnings[HANDSHAKES_FAIL] = HANDSHAKES_FAIL_FIX;
}

/** The node is back: slow start begins, and it counts as loaded as the others, so that it does not get every new session. */
export function beginService(table: NodeTable, status: NodeStatus, upSince: number): void {
	status.upSince = upSince;
	const others = table.nodes.filter((each) => each !== status && isInService(each));
	if (others.length === 0) return;
	let load = 0;
	for (const each of others) {
		const { recent, pending } = picksAt(each, upSince);
		load += (recent + pending) / Math.max(1, each.weight);
	}
	status.recentPicks = (load / others.length) * status.weight;
	status.pickedAt = upSince;
}
