/** `--start-at`: when the slots of several machines begin, so that all measure the same load group at the same time. */
import { UsageError } from "../../../worker/command-line/command.ts";
import type { Plan } from "../../plan/plan.ts";

/** Preflight, and the start of the worker processes. */
const SETTING_UP_S = 5;
/** For orders, reports and time-outs that come a little late. */
const GAP_MARGIN_S = 0.5;
/** The sessions are opened at once, and timers of Node end after 24.8 days. */
const MAX_AHEAD_S = 24 * 3600;

type Timed = Pick<
	Plan,
	| "activity"
	| "probe"
	| "ackTimeout"
	| "connectTimeout"
	| "warmup"
	| "slot"
	| "clients"
	| "groups"
	| "connectRate"
	| "phaseSessions"
>;
/** A session of the connection phases, where the target is quick. */
const PHASE_SESSION_S = 0.1;

/** Seconds from the end of a slot's measurement that are kept free for its drain, however long that takes. */
export function gapOf({ activity, probe, ackTimeout, connectTimeout }: Timed): number {
	if (activity === "ramp") return connectTimeout + GAP_MARGIN_S;
	const awaitsAnswers = ["fanout", "flow"].includes(activity) || (activity === "echo" && probe === "echo");
	return (awaitsAnswers ? ackTimeout : 0) + GAP_MARGIN_S;
}

/** Seconds from the start of measurement in the first slot to that in slot `number`. */
export function slotOffset(plan: Timed, number: number): number {
	return number * (plan.slot + gapOf(plan) + plan.warmup);
}

/** Seconds that opening takes, the sessions of the connection phases included. A slow target may need longer. */
export function openingTime({ activity, clients, groups, connectRate, phaseSessions }: Timed): number {
	if (activity === "ramp") return 0;
	return groups.length * (clients / connectRate + phaseSessions * PHASE_SESSION_S);
}

/** Seconds that a run takes until it can measure. */
export function leadTime(plan: Timed): number {
	return SETTING_UP_S + openingTime(plan) + plan.warmup;
}

/** Throws a UsageError when measurement is to begin before all sessions can be open; `now` is in seconds since 1970. */
export function checkStartAt(plan: Timed & Pick<Plan, "startAt">, now: number): void {
	if (plan.startAt === 0) return;
	const needed = Math.ceil(leadTime(plan));
	const left = plan.startAt - now;
	if (left > MAX_AHEAD_S)
		throw new UsageError(
			`--start-at ${new Date(plan.startAt * 1000).toISOString()} is more than ${MAX_AHEAD_S / 3600} hours ahead, and the sessions would stay open until then; start the command later.`,
		);
	if (left >= needed) return;
	const when = left < 0 ? `was ${(-left).toFixed(0)} s ago` : `is in ${left.toFixed(0)} s`;
	throw new UsageError(
		`--start-at ${new Date(plan.startAt * 1000).toISOString()} ${when}: opening the sessions takes ${needed} s (--clients, --connect-rate); give a time at least ${needed} s ahead.`,
	);
}
