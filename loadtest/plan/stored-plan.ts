/** The plan in a result file: written and read by the table of fields, and compared and merged by it. */
import { z } from "zod";
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
const BEFORE_IT_EXISTED: Partial<Record<NamedField, unknown>> = { grain: 0 };

/** Reads the plan of a result file. */
export const planShape = z.object({
	...Object.fromEntries(NAMED.map((name) => [name, shapeOf(name)])),
	paths: z.array(z.object({ name: z.string().min(1), urls: z.array(z.string()).min(1) })).min(1),
	extra: z.record(z.string(), z.unknown()),
}) as unknown as z.ZodType<PlanRecord>;

function shapeOf(name: NamedField): z.ZodType {
	const shape = shapeOfKind(rowOf(name).kind, name);
	return name in BEFORE_IT_EXISTED ? shape.default(BEFORE_IT_EXISTED[name]) : shape;
}

/** Wider than the flags' ranges: figures of merged runs are sums. */
function shapeOfKind({ shape }: Kind<unknown>, name: NamedField): z.ZodType {
	if (typeof shape !== "string") return z.enum(shape);
	if (shape === "count") return z.number().int().nonnegative();
	if (shape === "amount") return z.number().nonnegative();
	if (shape === "transports") return z.array(z.enum(TRANSPORTS)).min(1);
	return name === "scenario" ? z.string().min(1) : z.string();
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
