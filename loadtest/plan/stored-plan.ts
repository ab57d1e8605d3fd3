/** The plan in a result file, written and read by the table of fields. */
import { createHash } from "node:crypto";
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
import {
	DEFAULTS,
	FIELDS,
	type FieldName,
	type Fields,
	rowOf,
	type Storage,
	type ValueOf,
} from "./fields.ts";
import { type Path, TRANSPORTS } from "./load-group.ts";
import { ownClients } from "./machine.ts";
import { masked } from "./paths.ts";
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

/** The plan as a result keeps it: with this machine's share of the test's clients and rates, which a merge adds up. */
export function recordOf(test: Plan): PlanRecord {
	const plan = { ...test, ...shareOfMachine(test) };
	const named = NAMED.map((name) => [name, plan[name]]);
	const extra = FIELD_NAMES.flatMap((name) => {
		const { stored } = rowOf(name);
		if (stored === "named" || !isChanged(plan, name)) return [];
		return [[name, storedValue(stored, plan[name])]];
	});
	// A scenario file may use the name of one of the swarm's own.
	const own = SCENARIOS[plan.scenario]?.activity === plan.activity ? {} : { activity: plan.activity };
	return {
		...(Object.fromEntries(named) as PlanRecord),
		paths: plan.paths.map(({ name, urls }) => ({ name, urls: urls.map(masked) })),
		duration: plan.slot * plan.order.length,
		extra: { ...Object.fromEntries(extra), ...own },
	};
}

/** What one machine of a test opens and sends. */
export function shareOfMachine(plan: Plan): Pick<Plan, "clients" | "rate" | "connectRate"> {
	const { activity, rate, connectRate, machine } = plan;
	const clients = ownClients(plan);
	// Each client sends as much as any other; rooms take the messages in turn.
	const ownRate = activity === "fanout" ? rate / machine.of : (rate * clients) / plan.clients;
	return { clients, rate: ownRate, connectRate: connectRate / machine.of };
}

function isChanged(plan: Plan, name: FieldName): boolean {
	return JSON.stringify(plan[name]) !== JSON.stringify(rowOf(name).default);
}

function storedValue(stored: Exclude<Storage, "named">, value: unknown): unknown {
	if (stored === "extra") return value;
	if (stored === "hashed") return digestOf(value as string);
	if (stored === "counted") return `${(value as readonly unknown[]).length} addresses`;
	return typeof value === "string" ? "(redacted)" : `${Object.keys(value as object).join(", ")} (redacted)`;
}

/** A text that decides what is measured but may be a secret. */
export interface TextDigest {
	readonly bytes: number;
	/** The first 16 hexadecimal digits. */
	readonly sha256: string;
}

/** A text's length and hash. */
export function digestOf(value: string): TextDigest {
	return {
		bytes: Buffer.byteLength(value),
		sha256: createHash("sha256").update(value).digest("hex").slice(0, 16),
	};
}

/** A field's value in a stored plan, under its own name or in `extra`. */
export function storedIn(plan: PlanRecord, name: FieldName): unknown {
	if (rowOf(name).stored === "named") return plan[name as NamedField];
	return plan.extra[name] ?? rowOf(name).default;
}

/** What the run's clients did. Older results do not have it for a user's own scenario. */
export function activityOf({ scenario, extra }: PlanRecord): Activity {
	return (extra["activity"] as Activity | undefined) ?? SCENARIOS[scenario]?.activity ?? "echo";
}

/** Whether the run itself takes sessions away: losing them is then no fault of the target. */
export function cutsSessions(plan: PlanRecord): boolean {
	return activityOf(plan) === "storm" || storedIn(plan, "chaosRun") !== DEFAULTS.chaosRun;
}
