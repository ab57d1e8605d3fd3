/** The plan in a result file: written and read by the table of fields, and compared and merged by it. */
import {
	amount,
	list,
	oneOf,
	type Reader,
	record,
	required,
	tableOf,
	text,
	wholeNumber,
} from "../../worker/config/fields.ts";
import { DEFAULTS, FIELDS, type FieldName, type Fields, rowOf, type ValueOf } from "./fields.ts";
import { type Path, TRANSPORTS } from "./load-group.ts";
import type { Plan } from "./plan.ts";
import type { Activity } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { Kind } from "./values.ts";

/** The fields that a stored plan has under their own names. */
type NamedField = {
	[Name in FieldName]: Fields[Name]["stored"] extends "named" ? Name : never;
}[FieldName];

/** The plan as it was run: defaults resolved, secrets redacted. */
export type PlanRecord = { readonly [Name in Exclude<NamedField, "paths">]: ValueOf<Name> } & {
	readonly paths: readonly Path[];
	/** Settings that differ from their defaults, and what one tool has of its own. */
	readonly extra: Readonly<Record<string, unknown>>;
};

const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];
const NAMED = FIELD_NAMES.filter((name) => rowOf(name).stored === "named") as NamedField[];

/** What runs did before the field existed: older results lack it. */
const BEFORE_IT_EXISTED: Partial<Record<NamedField, unknown>> = { grain: 0, maxLoss: 1 };

const anyText = text(/^/, "give a string");
const name = text(/./, "give a non-empty string");

/** Reads the plan of a result file. */
export const planShape = required(
	record(
		{
			...Object.fromEntries(NAMED.map((field) => [field, shapeOf(field)])),
			paths: atLeastOne(record({ name, urls: atLeastOne(anyText) }, "result")),
			extra: required(tableOf((value: unknown) => value)),
		},
		"result",
	),
) as unknown as Reader<PlanRecord>;

function shapeOf(field: NamedField): Reader<unknown> {
	const shape = shapeOfKind(rowOf(field).kind, field);
	if (!(field in BEFORE_IT_EXISTED)) return required(shape);
	return (value, at, problems) => shape(value === undefined ? BEFORE_IT_EXISTED[field] : value, at, problems);
}

/** Wider than the flags' ranges: figures of merged runs are sums. */
function shapeOfKind({ shape }: Kind<unknown>, field: NamedField): Reader<unknown> {
	if (typeof shape !== "string") return oneOf(shape as readonly [string, ...string[]]);
	if (shape === "count") return wholeNumber(0, Number.MAX_SAFE_INTEGER, 0);
	if (shape === "amount") return amount;
	if (shape === "transports") return atLeastOne(oneOf(TRANSPORTS));
	return field === "scenario" ? name : anyText;
}

function atLeastOne<T>(item: Reader<T>): Reader<T[]> {
	const items = required(list(item));
	return (value, at, problems) => {
		if (Array.isArray(value) && value.length === 0) problems.push(`${at}: empty; give at least one`);
		return items(value, at, problems);
	};
}

/** The plan as a result keeps it. */
export function recordOf(plan: Plan): PlanRecord {
	const named = NAMED.map((name) => [name, plan[name]]);
	const extra = FIELD_NAMES.flatMap((name) => {
		const { stored } = rowOf(name);
		if (stored === "named" || !isChanged(plan, name)) return [];
		return [[name, storedValue(stored, plan[name])]];
	});
	const own = SCENARIOS[plan.scenario] === undefined ? { activity: plan.activity } : {};
	return {
		...(Object.fromEntries(named) as PlanRecord),
		paths: plan.paths.map(({ name, urls }) => ({ name, urls: [...urls] })),
		duration: plan.slot * plan.order.length,
		extra: { ...Object.fromEntries(extra), ...own },
	};
}

function isChanged(plan: Plan, name: FieldName): boolean {
	return JSON.stringify(plan[name]) !== JSON.stringify(rowOf(name).default);
}

function storedValue(stored: "extra" | "counted" | "redacted", value: unknown): unknown {
	if (stored === "extra") return value;
	if (stored === "counted") return `${(value as readonly unknown[]).length} addresses`;
	return typeof value === "string" ? "(redacted)" : `${Object.keys(value as object).join(", ")} (redacted)`;
}

/** A field's value in a stored plan, under its own name or in `extra`. */
export function storedIn(plan: PlanRecord, name: FieldName): unknown {
	if (rowOf(name).stored === "named") return plan[name as NamedField];
	return plan.extra[name] ?? rowOf(name).default;
}

/** The first field that keeps runs of two plans from being compared, or from being merged. */
export function differingField(
	one: PlanRecord,
	other: PlanRecord,
	use: "compare" | "merge",
): FieldName | undefined {
	return FIELD_NAMES.find(
		(name) =>
			rowOf(name)[use] === "same" &&
			JSON.stringify(storedIn(one, name)) !== JSON.stringify(storedIn(other, name)),
	);
}

/** The plan of several machines' merged runs; `ids` are the runs' ids. */
export function mergedPlan(
	plans: readonly [PlanRecord, ...PlanRecord[]],
	ids: readonly string[],
): PlanRecord {
	const [first] = plans;
	const sums = NAMED.filter((name) => rowOf(name).merge === "sum").map((name) => [
		name,
		plans.reduce((total, plan) => total + Number(plan[name]), 0),
	]);
	const urls = new Map<string, Set<string>>();
	for (const path of plans.flatMap((plan) => plan.paths))
		urls.set(path.name, new Set([...(urls.get(path.name) ?? []), ...path.urls]));
	return {
		...first,
		...Object.fromEntries(sums),
		paths: [...urls].map(([name, set]) => ({ name, urls: [...set] })),
		extra: { ...first.extra, merged: ids },
	};
}

/** What the run's clients did. Older results do not have it for a user's own scenario. */
export function activityOf({ scenario, extra }: PlanRecord): Activity {
	return (extra["activity"] as Activity | undefined) ?? SCENARIOS[scenario]?.activity ?? "echo";
}

/** Whether the run itself takes sessions away: losing them is then no fault of the target. */
export function cutsSessions(plan: PlanRecord): boolean {
	return activityOf(plan) === "storm" || storedIn(plan, "chaosRun") !== DEFAULTS.chaosRun;
}
