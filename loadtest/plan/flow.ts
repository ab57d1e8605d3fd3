/** The steps of a flow: what a client sends, what it waits for, and how long it pauses. */

import type { Row } from "./rows.ts";

/**
 * Arguments of an event: values whose texts are templates (`{n}`, `{seq}`, `{row.name}` …; a text that is nothing but
 * a number's placeholder becomes the number), or a function. `seq` is the same in all steps of one run of the flow.
 */
export type StepArgs = readonly unknown[] | ((n: number, seq: number, row: Row) => readonly unknown[]);

/** Sends an event; with `ack` the step ends with the acknowledgement and is timed from when it was due. */
export interface EmitStep {
	readonly emit: string;
	readonly args?: StepArgs;
	readonly ack?: boolean;
	/** The name of the step's metric; the event's name unless given. */
	readonly name?: string;
}

/** Waits for an event that arrives after the last `emit`; timed from when that was due. */
export interface ExpectStep {
	readonly expect: string;
	/** Where its arguments hold the flow's `{seq}`, such as `0.id`; empty = the first such event. */
	readonly match?: string;
	readonly name?: string;
}

/** Pauses for some seconds, or for a random time between two. */
export interface ThinkStep {
	readonly think: number | readonly [least: number, most: number];
}

export type Step = EmitStep | ExpectStep | ThinkStep;

/** The name under which a step is timed; null for one that is not. */
export function stepName(step: Step): string | null {
	if ("think" in step) return null;
	if ("expect" in step) return step.name ?? step.expect;
	return step.ack === true ? (step.name ?? step.emit) : null;
}

/** The names of all timed steps of a flow. */
export function stepNames(flow: readonly Step[]): string[] {
	return flow.flatMap((step) => stepName(step) ?? []);
}

const KEYS = {
	emit: ["emit", "args", "ack", "name"],
	expect: ["expect", "match", "name"],
	think: ["think"],
} as const;

/** Checks the flow of a scenario file; `refuse` throws. */
export function checkFlow(given: unknown, refuse: (why: string) => never): void {
	if (!Array.isArray(given) || given.length === 0)
		refuse('flow is missing; give steps such as [{ emit: "join", args: ["room"], ack: true }]');
	const steps = given as readonly unknown[];
	for (const [at, step] of steps.entries()) checkStep(step, (why) => refuse(`flow[${at}]: ${why}`));
	if (!("emit" in (steps[0] as object))) refuse("flow[0]: a flow begins with an emit");
	const names = stepNames(steps as readonly Step[]);
	if (names.length === 0) refuse("flow: no step is timed; give an emit with ack: true, or an expect");
	const twice = names.find((name, at) => names.indexOf(name) < at);
	if (twice !== undefined) refuse(`flow: two steps are named "${twice}"; give each a name of its own`);
}

function checkStep(step: unknown, refuse: (why: string) => never): void {
	if (typeof step !== "object" || step === null) refuse("a step is an object");
	const given = step as Record<string, unknown>;
	const kind = (["emit", "expect", "think"] as const).find((key) => key in given);
	if (kind === undefined) {
		refuse("give emit, expect or think");
		return;
	}
	const unknown = Object.keys(given).find((key) => !(KEYS[kind] as readonly string[]).includes(key));
	if (unknown !== undefined) refuse(`unknown key ${unknown}; use any of: ${KEYS[kind].join(", ")}`);
	if (kind === "think") checkThink(given["think"], refuse);
	for (const key of ["emit", "expect", "name", "match"])
		if (given[key] !== undefined && (typeof given[key] !== "string" || given[key] === ""))
			refuse(`${key} is not a text`);
	if (given["ack"] !== undefined && typeof given["ack"] !== "boolean") refuse("ack is not true or false");
	if (given["args"] !== undefined && !Array.isArray(given["args"]) && typeof given["args"] !== "function")
		refuse("args is neither an array nor a function");
	const name = stepName(step as Step);
	if (name !== null && !/^[^\s,:]+$/.test(name))
		refuse(`name "${name}" has a space, comma or colon; give a name without`);
}

function checkThink(think: unknown, refuse: (why: string) => never): void {
	const times = Array.isArray(think) ? think : [think, think];
	const [least, most] = times;
	const isRange = times.length === 2 && times.every((time) => typeof time === "number" && time >= 0);
	if (!isRange || least > most) refuse("think is neither a number of seconds nor a range such as [0.5, 2]");
}
