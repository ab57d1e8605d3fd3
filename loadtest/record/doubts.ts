/** Every doubt that a run can raise: its code, the sentence that states it, and what to do about it. */
import { type FieldName, flagOf } from "../plan/fields.ts";
import type { Machine } from "../plan/machine.ts";
import { activityOf, cutsSessions, type PlanRecord, storedIn } from "../plan/stored-plan.ts";
import type { Flag } from "./result.ts";

/** The run that is doubted: the advice names its tool's flags and its plan's values. */
export interface DoubtedRun {
	/** `swarm` or `k6`, as in the result's environment. */
	readonly tool: string;
	readonly plan: PlanRecord;
}

/** A doubt as a result file holds it. */
export interface Doubt extends Flag {
	readonly code: DoubtCode;
}

/** The codes are a contract with the readers of result files. */
export type DoubtCode = keyof typeof DOUBTS;

/** Seconds in which the generator's own delays would pass for the target's; the worst figures among them. */
interface Tainted {
	readonly tainted: number;
	readonly seconds: number;
	/** Of these seconds: messages sent late, and due. */
	readonly late: number;
	readonly due: number;
	readonly elu: number;
	readonly delayUs: number;
}

interface Unsent {
	readonly group: string;
	readonly sent: number;
	readonly due: number;
	readonly sessionsLost: number;
	/** Flows that were due while every client was busy. */
	readonly busy?: number;
}

/** What the sentence of a doubt states. */
export type DoubtFacts<Code extends DoubtCode> = Parameters<(typeof DOUBTS)[Code]["sentence"]>[0];

/** Sentence and advice are without a final full stop: reports add it. */
const DOUBTS = {
	generator_busy: {
		sentence: (of: Tainted) =>
			`in ${of.tainted} of ${of.seconds} s the load generator was too busy to time messages correctly (${sentLate(of)}event loop ${percent(of.elu)} busy and ${(of.delayUs / 1000).toFixed(0)} ms behind at worst)`,
		advice: (run: DoubtedRun) =>
			`${lowerLoad(run)}, ${moreProcessors(run)}, or stop other work on this one${run.tool === "k6" ? "" : "; `npm run swarm -- calibrate` shows what this machine can generate"}`,
	},
	generator_paused: {
		sentence: (of: Tainted) =>
			`in ${of.tainted} of ${of.seconds} s something else held up the load generator (${sentLate(of)}event loop ${(of.delayUs / 1000).toFixed(0)} ms behind at worst, although only ${percent(of.elu)} busy)`,
		advice: () =>
			"stop other work on this machine, or use one whose processors are not shared, and run again",
	},
	transport_left_out: {
		// Of a cause that ends with code, the words before it.
		sentence: (of: { group: string; cause: string }) =>
			`${of.group} was left out: ${of.cause.split("\n")[0]!.replace(/, or add to the application$/, "")}`,
		advice: () => "--require makes this an error",
	},
	opening_busy: {
		sentence: (of: { late: number; due: number }) =>
			`the load generator was too busy to open the sessions on time: ${of.late} of ${of.due} began late, so the opening times include its own delays (the connection phases do not)`,
		advice: (run: DoubtedRun) => `lower ${openingRate(run)}`,
	},
	generator_silent: {
		sentence: (of: { reports: number; seconds: number }) =>
			`the load generator reported on itself in only ${of.reports} of ${of.seconds.toFixed(0)} s: it was far too busy`,
		advice: (run: DoubtedRun) => `${lowerLoad(run)}, or ${moreProcessors(run)}`,
	},
	out_of_files: {
		sentence: (of: { times: number }) => `the load generator ran out of file descriptors ${of.times} times`,
		advice: (run: DoubtedRun) =>
			run.tool === "k6" ? "raise `ulimit -n`" : `raise \`ulimit -n\`, or add ${now(run, "processes")}`,
	},
	out_of_ports: {
		sentence: (of: { times: number }) => `the load generator ran out of ports ${of.times} times`,
		advice: (run: DoubtedRun) =>
			run.tool === "k6" ? "give more target addresses" : "give more --sources or target addresses",
	},
	nothing_connected: {
		sentence: (of: { group: string; tried: number }) => `${of.group}: none of ${of.tried} sessions opened`,
		advice: () => "see the group's errors",
	},
	sessions_missing: {
		sentence: (of: { group: string; open: number; tried: number; timedOut: number }) =>
			`${of.group}: only ${of.open} of ${of.tried} sessions opened`,
		advice: (run: DoubtedRun, { timedOut }: { timedOut: number }) =>
			timedOut > 0
				? `${timedOut} of them timed out while the others opened: a lower ${openingRate(run)} may help`
				: "see the group's errors",
	},
	sessions_lost: {
		sentence: (of: { group: string; lost: number; open: number }) =>
			`${of.group}: ${of.lost} of ${of.open} sessions were lost`,
		advice: () => "see the group's errors",
	},
	not_sent: {
		sentence: (of: Unsent) =>
			of.busy === undefined
				? `${of.group}: only ${of.sent} of ${of.due} messages could be sent`
				: `${of.group}: only ${of.sent} of ${of.due} flows could begin`,
		advice: (run: DoubtedRun, { busy = 0, sessionsLost }: Unsent) => {
			const { plan } = run;
			if (busy > 0)
				return `${busy} were due while every client was busy with a flow: raise ${now(run, "clients")} above ${now(run, "rate")} × the seconds that a flow takes`;
			if (cutsSessions(plan))
				return `expected: ${plan.scenario} cuts sessions, and none can send until it is back`;
			if (sessionsLost > 0) return "their sessions were lost; see the group's errors";
			return "their sessions had not opened, or the scenario's code made no message; see the group's errors";
		},
	},
	messages_lost: {
		sentence: (of: { group: string; lost: number; sent: number }) =>
			`${of.group}: ${of.lost} of ${of.sent} messages were never acknowledged`,
		advice: ({ plan }: DoubtedRun) =>
			`in the percentiles they count as ${plan.ackTimeout} s (--ack-timeout); see the group's errors`,
	},
	flows_failed: {
		sentence: (of: { group: string; lost: number; sent: number }) =>
			`${of.group}: ${of.lost} of ${of.sent} flows were not completed`,
		advice: ({ plan }: DoubtedRun) =>
			`the group's errors name the steps; in the percentiles such a step counts as ${plan.ackTimeout} s (--ack-timeout)`,
	},
	events_lost: {
		sentence: (of: { group: string; lost: number; sent: number }) =>
			`${of.group}: ${of.lost} of ${of.sent} events were never heard`,
		advice: (run: DoubtedRun) =>
			`the numbers at ${now(run, "hearSeq")} must count up by one for each client: if they do, look for the events in the server's log; if not, leave --hear-seq out`,
	},
	events_doubled: {
		sentence: (of: { group: string; doubled: number; received: number }) =>
			`${of.group}: ${of.doubled} events were heard twice (${of.received} once)`,
		advice: (run: DoubtedRun) =>
			`look for a second emit at the target; the numbers at ${now(run, "hearSeq")} must count up by one for each client`,
	},
	no_sequence: {
		sentence: (of: { group: string; times: number; event: string }) =>
			`${of.group}: ${of.times} events "${of.event}" had no whole number at --hear-seq, so it is unknown how many were lost`,
		advice: (run: DoubtedRun) =>
			`correct ${now(run, "hearSeq")}, or leave it out to measure rate and gaps only`,
	},
	messages_doubled: {
		sentence: (of: { group: string; doubled: number; received: number }) =>
			`${of.group}: ${of.doubled} acknowledgements came twice (${of.received} came once)`,
		advice: ({ plan }: DoubtedRun) =>
			`look for a second listener for "${plan.event}", or a second answer, at the target`,
	},
	answers_unmatched: {
		sentence: (of: { group: string; times: number; event: string }) =>
			`${of.group}: ${of.times} answers by "${of.event}" were missing or too many, so it is unknown which message each of the others answers`,
		advice: () =>
			"add {seq} to --message or --args, let the application send it back, and say where with --ack-match, for example --message '{\"id\":{seq}}' --ack-match 0.id",
	},
	unsteady: {
		sentence: (of: { group: string; share: number }) =>
			`${of.group}: p50 ${of.share > 0 ? "rose" : "fell"} by ${percent(Math.abs(of.share))} during the run`,
		advice: (run: DoubtedRun) =>
			`give a longer ${now(run, "warmup", " s")}, or look at the response time over the run`,
	},
	process_gone: {
		sentence: (of: { name: string; pid: number }) =>
			`the watched process ${of.name} (${of.pid}) ended during the run`,
		advice: () =>
			"its memory was recorded until then, its CPU is left out; give the id of a process that lasts",
	},
	k6_failed: {
		sentence: (of: { code: number | null }) =>
			`k6 ended with ${of.code === null ? "a signal" : `code ${of.code}`} before the run was over`,
		advice: () => "see k6's own messages above",
	},
	iterations_dropped: {
		sentence: (of: { missing: number }) =>
			`k6 had no free VU for ${of.missing} sessions and skipped them: they appear in no figure`,
		advice: (run: DoubtedRun) =>
			`raise ${now(run, "clients")} above sessions per second × the seconds that a session takes`,
	},
} as const;

/** The doubt with that code about a run. */
export function doubt<Code extends DoubtCode>(
	run: DoubtedRun,
	code: Code,
	severity: Flag["severity"],
	facts: DoubtFacts<Code>,
): Doubt {
	const { sentence, advice } = DOUBTS[code];
	return {
		code,
		severity,
		message: (sentence as (of: typeof facts) => string)(facts),
		advice: (advice as (run: DoubtedRun, of: typeof facts) => string)(run, facts),
	};
}

/** Lower what this scenario's load depends on, and nothing else. */
function lowerLoad(run: DoubtedRun): string {
	return `lower ${loadFields(run)
		.map((name) => now(run, name))
		.join(" or ")}`;
}

function loadFields({ tool, plan }: DoubtedRun): FieldName[] {
	if (tool === "k6") return plan.scenario === "connect" ? ["rate"] : ["rate", "clients"];
	const activity = activityOf(plan);
	if (activity === "ramp") return ["connectRate"];
	const sends =
		(activity === "echo" && storedIn(plan, "probe") === "echo") ||
		activity === "fanout" ||
		activity === "flow";
	return sends ? ["rate", "clients"] : ["clients"];
}

/** k6's scenario that opens and closes sessions does so at `--rate`. */
function openingRate(run: DoubtedRun): string {
	return now(run, run.tool === "k6" && run.plan.scenario === "connect" ? "rate" : "connectRate");
}

function moreProcessors(run: DoubtedRun): string {
	return run.tool === "k6" ? "use a larger machine" : `add ${now(run, "processes")} or a machine`;
}

/** A flag and the run's value: `--rate (200 now)`. Machines of one test are given totals. */
function now({ plan }: DoubtedRun, name: FieldName, unit = ""): string {
	const stored = storedIn(plan, name);
	const value = typeof stored === "number" ? Math.round(stored * 100) / 100 : stored;
	const isShare = SHARED.includes(name) && (storedIn(plan, "machine") as Machine).of > 1;
	return `${flagOf(name)} (${value}${unit} now${isShare ? " on this machine" : ""})`;
}

const SHARED: readonly FieldName[] = ["clients", "rate", "connectRate"];

/** The windows of k6, and of activities that send nothing, have no sends. */
function sentLate({ late, due }: Tainted): string {
	return late > 0 ? `${late} of ${due} messages sent late, ` : "";
}

function percent(share: number): string {
	return `${(share * 100).toFixed(0)} %`;
}
