/** The verdict on a run: the one rule for headline, exit code and JUnit, whichever tool made the run. Pure functions. */
import { EXIT } from "../../worker/command-line/command.ts";
import { activityOf, cutsSessions, type PlanRecord, storedIn } from "../plan/stored-plan.ts";
import type { Figure, Group, Result } from "./result.ts";
import { trustOf } from "./validity.ts";

/** Most serious first: an interrupted run decides nothing, and an invalid one says nothing about its target. */
const VERDICTS = ["interrupted", "invalid", "failed", "undecided", "ok"] as const;
export type Verdict = (typeof VERDICTS)[number];

const EXIT_CODES: Readonly<Record<Verdict, number>> = {
	interrupted: EXIT.interrupted,
	invalid: EXIT.invalid,
	failed: EXIT.failed,
	undecided: EXIT.inconclusive,
	ok: EXIT.ok,
};

/** Why a run failed, as a sentence without full stop; `group` is null for what concerns the whole run. */
export interface Failure {
	readonly group: Pick<Group, "transport" | "path"> | null;
	readonly sentence: string;
}

/** What became of a budget: budgets are judged by the report, from the same result. */
export interface JudgedBudget {
	readonly verdict: "met" | "missed" | "unclear";
}

/** What of a result decides. */
export type Decisive = Pick<Result, "interrupted" | "validity" | "plan" | "groups"> &
	Partial<Pick<Result, "outcomes" | "crossedThresholds">>;

/** The verdict, budgets included. A warning beside a valid run changes nothing. */
export function verdictOf(result: Decisive, budgets: readonly JudgedBudget[] = []): Verdict {
	if (result.interrupted) return "interrupted";
	if (trustOf(result) === "invalid") return "invalid";
	const missed = budgets.some(({ verdict }) => verdict === "missed");
	if (missed || failuresOf(result).length > 0) return "failed";
	return budgets.some(({ verdict }) => verdict === "unclear") ? "undecided" : "ok";
}

/** The command's exit code for a verdict. */
export function exitCodeOf(verdict: Verdict): number {
	return EXIT_CODES[verdict];
}

/** The most serious of several verdicts; "ok" of none. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
	return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? "ok";
}

/** Everything that fails a run: load groups that lost too much, and thresholds of the user's own. */
export function failuresOf({
	plan,
	groups,
	outcomes = [],
	crossedThresholds = [],
}: Omit<Decisive, "interrupted" | "validity">): Failure[] {
	return [
		...groups.flatMap((group) => lossOf(group, plan) ?? sessionLossOf(group, outcomes) ?? []),
		...crossedThresholds.map((name) => ({ group: null, sentence: `The threshold ${name} was crossed` })),
	];
}

/** A load group fails when it lost more than `--max-loss` of its messages, or everything. */
function lossOf(group: Group, plan: PlanRecord): Failure | undefined {
	const { transport, path, counts } = group;
	const { sent, received } = counts;
	const lost = blamedLoss(group, plan);
	const lostAll = received === 0 && counts.lost > 0;
	const where = `(${transport} ${path})`;
	if (activityOf(plan) === "listen" && received === 0)
		return {
			group: { transport, path },
			sentence: `No event "${storedIn(plan, "hear")}" was heard ${where}`,
		};
	if (!lostAll && lost * 100 <= plan.maxLoss * sent) return undefined;
	const { several, arrived } = countedIn(plan);
	return {
		group: { transport, path },
		sentence: `${number(received)} of ${number(sent)} ${several} ${arrived} ${where}`,
	};
}

/** What a run counts, and what has become of those that were not lost. */
export function countedIn(plan: PlanRecord): { one: string; several: string; arrived: string } {
	const activity = activityOf(plan);
	if (activity === "fanout") return { one: "delivery", several: "deliveries", arrived: "arrived" };
	if (activity === "flow") return { one: "flow", several: "flows", arrived: "were completed" };
	if (activity === "listen") return { one: "event", several: "events", arrived: "were heard" };
	return { one: "message", several: "messages", arrived: "were answered" };
}

/** A storm sends no messages: it fails where none of the sessions that it cut came back. */
function sessionLossOf({ transport, path }: Group, outcomes: readonly Figure[]): Failure | undefined {
	const figure = (name: string) =>
		outcomes.find((each) => each.name === name && each.transport === transport && each.path === path)?.value;
	const cut = figure("sessions_cut") ?? 0;
	if (cut === 0 || figure("sessions_back") !== 0) return undefined;
	return {
		group: { transport, path },
		sentence: `0 of ${number(cut)} sessions came back after the cut (${transport} ${path})`,
	};
}

/** Where the run itself cuts sessions, what was lost with them is what it set out to do; a timeout is not. */
function blamedLoss({ counts }: Pick<Group, "counts">, plan: PlanRecord): number {
	return cutsSessions(plan) ? counts.timedOut : counts.lost;
}

function number(value: number): string {
	return value.toLocaleString("en-US");
}
