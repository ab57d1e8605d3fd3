/** Which stored plans may be compared or merged, by the table of fields, and the plan of merged runs. */
import { FIELDS, type FieldName, rowOf } from "./fields.ts";
import type { Machine } from "./machine.ts";
import { type PlanRecord, storedIn, type TextDigest } from "./stored-plan.ts";

const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

/** A field that keeps two runs apart, and each plan's value of it in words. */
export interface Difference {
	readonly field: FieldName;
	readonly values: readonly [string, string];
}

/** The first field that keeps runs of two plans from being compared, or from being merged. */
export function differenceOf(
	one: PlanRecord,
	other: PlanRecord,
	use: "compare" | "merge",
): Difference | undefined {
	const field = FIELD_NAMES.find((name) => {
		const isSame = comparable(one, name) === comparable(other, name);
		const rule = rowOf(name)[use];
		if (rule === "distinct") return isWholeTest(one) ? !isWholeTest(other) : isSame || ofDiffers(one, other);
		// Machines share one schedule, which the seed decides.
		if (name === "seed" && use === "merge" && !isWholeTest(one)) return !isSame;
		return rule === "same" && !isSame;
	});
	if (field === undefined) return undefined;
	return { field, values: [inWords(storedIn(one, field)), inWords(storedIn(other, field))] };
}

/** A namespace means the same with and without its slash. */
function comparable(plan: PlanRecord, name: FieldName): string {
	const value = storedIn(plan, name);
	return JSON.stringify(name === "namespace" ? String(value).replace(/^\//, "") : value);
}

function machineOf(plan: PlanRecord): Machine {
	return storedIn(plan, "machine") as Machine;
}

function isWholeTest(plan: PlanRecord): boolean {
	return machineOf(plan).of === 1;
}

function ofDiffers(one: PlanRecord, other: PlanRecord): boolean {
	return machineOf(one).of !== machineOf(other).of;
}

/** Values that may be secrets are stored as length and hash. */
function inWords(value: unknown): string {
	if (isDigest(value)) return `a text of ${value.bytes} bytes with the hash ${value.sha256}`;
	if (isMachine(value)) return `${value.number}/${value.of}`;
	return JSON.stringify(value);
}

function isDigest(value: unknown): value is TextDigest {
	return typeof value === "object" && value !== null && "sha256" in value;
}

function isMachine(value: unknown): value is Machine {
	return typeof value === "object" && value !== null && "of" in value;
}

/** Numbers of the test's machines whose runs are not among these. */
export function missingMachines(plans: readonly PlanRecord[]): number[] {
	const all = Math.max(...plans.map((plan) => machineOf(plan).of));
	const present = new Set(plans.map((plan) => machineOf(plan).number));
	return all === 1
		? []
		: Array.from({ length: all }, (_, i) => i + 1).filter((number) => !present.has(number));
}

/** Older results say that there was a message, but not which: such runs are taken to be alike. */
export function hasUnknownMessage(plan: PlanRecord): boolean {
	const value = storedIn(plan, "message");
	return value !== rowOf("message").default && !isDigest(value);
}

/** The plan of several machines' merged runs; `ids` are the runs' ids. */
export function mergedPlan(
	plans: readonly [PlanRecord, ...PlanRecord[]],
	ids: readonly string[],
): PlanRecord {
	const [first] = plans;
	// Of what machines may have of their own, such as a chaos command, the first given is kept.
	const { machine: _, ...extra } = Object.assign({}, ...[...plans].reverse().map((plan) => plan.extra));
	const named: Record<string, number> = {};
	for (const name of FIELD_NAMES.filter((one) => rowOf(one).merge === "sum")) {
		const sum = totalOf(plans.map((plan) => Number(storedIn(plan, name))));
		if (rowOf(name).stored === "named") named[name] = sum;
		else extra[name] = sum;
	}
	const urls = new Map<string, Set<string>>();
	for (const path of plans.flatMap((plan) => plan.paths))
		urls.set(path.name, new Set([...(urls.get(path.name) ?? []), ...path.urls]));
	return {
		...first,
		...named,
		paths: [...urls].map(([name, set]) => ({ name, urls: [...set] })),
		extra: { ...extra, merged: ids },
	};
}

/** A sum without the binary fractions of shares: 20/3 three times is 20. */
function totalOf(values: readonly number[]): number {
	return Number(values.reduce((total, value) => total + value, 0).toPrecision(12));
}
