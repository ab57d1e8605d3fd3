/**
 * What one isolate knows about the nodes of a pool: the monitor's verdict, the nodes' last reports, and the
 * failures seen in its own traffic. Plain data, so that no request can block another.
 */
import type { Node, Pool } from "../config/pool.ts";
import { type NodeState, VERDICT_LIFETIME_MS } from "../contract.ts";
import type { AttemptResult } from "../upstream/send.ts";
import type { Fault } from "./fault.ts";

export interface NodeStatus {
	readonly node: Node;
	/** From the monitor's verdict: state, weight in force, and fault. */
	state: NodeState;
	weight: number;
	fault: Fault;
	/** Epoch ms when it last came back, by the monitor's verdict or this isolate's own traffic; 0 = never. */
	upSince: number;
	/** The node's last report: live sessions in all and by transport, its own limit (0 = none), sessions opened, boot id. */
	sessions: number;
	live: { polling: number; websocket: number; flashsocket: number };
	sessionLimit: number;
	opened: number;
	boot: string;
	/** New sessions that this isolate sent to it since that report. */
	picks: number;
	/** The circuit breaker: failures in a row, and epoch ms until which it gets no new request. */
	failures: number;
	openUntil: number;
	/** Epoch ms until which it gets no new session, because it refused one. */
	refusedUntil: number;
	/** Epoch ms when a new session id last had its tag; 0 = not checked; `WRONG_TAG` = the last one lacked it. */
	tagCheckedAt: number;
	/** What was wrong with its last handshake when the edge could not rewrite it; "" = nothing. */
	notRewritable: string;
	/** Limits of the node that exceed the pool's, with the fix, by their code; and epoch ms when each was last logged. */
	readonly warnings: Record<string, string>;
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

/** Failures in a row that open the breaker. */
export const FAILURE_THRESHOLD = 3;
/** The first pause of an open breaker; each failed trial doubles it, up to the longest. */
export const FIRST_PAUSE_MS = 1000;
export const LONGEST_PAUSE_MS = 30_000;
/** How long a node's own refusal (draining, full) counts. */
export const REFUSAL_LIFETIME_MS = 3000;

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
		picks: 0,
		failures: 0,
		openUntil: 0,
		refusedUntil: 0,
		tagCheckedAt: 0,
		notRewritable: "",
		warnings: {},
		warningsLoggedAt: {},
	};
}

/** Whether a node may be chosen: its breaker is closed or due for a trial, and it did not recently refuse a new session. */
export function isAvailable(status: NodeStatus, now: number, opensSession: boolean): boolean {
	return status.openUntil <= now && !(opensSession && status.refusedUntil > now);
}

/** Records a choice. With the breaker open it is a trial, and other requests avoid the node until it finishes or times out. */
export function recordChoice(status: NodeStatus, now: number, opensSession: boolean): void {
	if (opensSession) status.picks += 1;
	if (status.failures >= FAILURE_THRESHOLD) status.openUntil = now + FIRST_PAUSE_MS;
}

/** Records the result of a request to the node. `random` in [0, 1) spreads the trials of many isolates over time. */
export function recordResult(status: NodeStatus, result: AttemptResult, now: number, random: number): void {
	if (result === "refused") {
		status.refusedUntil = now + REFUSAL_LIFETIME_MS;
		return;
	}
	if (result === "ok" || result === "invalid") {
		if (status.failures >= FAILURE_THRESHOLD) status.upSince = now;
		status.failures = 0;
		status.openUntil = 0;
		return;
	}
	status.failures = Math.min(status.failures + 1, 32);
	if (status.failures < FAILURE_THRESHOLD) return;
	const pause = Math.min(FIRST_PAUSE_MS * 2 ** (status.failures - FAILURE_THRESHOLD), LONGEST_PAUSE_MS);
	status.openUntil = now + pause * (0.5 + random * 0.5);
}

/** When an isolate last got the verdict, and when a request last asked for it: epoch ms, 0 = never. */
export interface VerdictClock {
	receivedAt: number;
	askedAt: number;
}

/** How long a handshake waits for the first verdict of a new isolate. */
export const FIRST_VERDICT_WAIT_MS = 150;

/**
 * Whether this request must ask the monitor; if so, records that it does, so that others need not. Before the first
 * verdict every handshake asks for itself, since it must not wait for a promise of another request.
 */
export function claimRefresh(clock: VerdictClock, handshake: boolean, now: number): boolean {
	const age = now - clock.askedAt;
	if (handshake && clock.receivedAt === 0 && age < FIRST_VERDICT_WAIT_MS) return true;
	if (age < VERDICT_LIFETIME_MS) return false;
	clock.askedAt = now;
	return true;
}
