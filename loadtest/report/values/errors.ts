/** The table of errors: how often each kind occurred, what was said about it, and below it causes and fixes. */
import { DEFAULTS, type FieldName } from "../../plan/fields.ts";
import { storedIn } from "../../plan/stored-plan.ts";
import { type Asked, causeOf } from "../../record/causes.ts";
import type { Group, PlanRecord, Result } from "../../record/result.ts";
import { showCount } from "./number.ts";
import { left, right, type Table } from "./table.ts";

/** The settings that causes name. */
const ASKED = Object.keys({
	event: 0,
	ack: 0,
	connectTimeout: 0,
	ackTimeout: 0,
	namespace: 0,
	socketPath: 0,
	cookies: 0,
	parser: 0,
} satisfies Record<keyof Asked, 0>) as (keyof Asked & FieldName)[];

/** One row for each text, or for each kind without one; empty when nothing failed. */
export function errorTable(result: Result): Table {
	const asked = askedIn(result.plan);
	const notes = new Map<string, string>();
	const cells = result.groups.flatMap((group) =>
		kindsOf(group).flatMap(([kind, times]) => {
			const texts = group.samples?.[kind] ?? [];
			const cause = causeOf(kind, texts[0] ?? "", asked, result.environment.tool);
			if (cause !== null && !notes.has(kind)) notes.set(kind, `${kind}: ${cause}`);
			return (texts.length > 0 ? texts : [""]).map((text, i) =>
				i === 0 ? [group.transport, group.path, kind, showCount(times), text] : ["", "", "", "", text],
			);
		}),
	);
	return {
		caption: "Errors",
		columns: [left("transport"), left("path"), left("error"), right("times"), left("what was said")],
		cells,
		notes: [...notes.values()],
	};
}

/** The most frequent first. */
function kindsOf({ errors }: Group): [kind: string, times: number][] {
	return Object.entries(errors)
		.filter(([, times]) => times > 0)
		.sort(([, a], [, b]) => b - a);
}

function askedIn(plan: PlanRecord): Asked {
	const values = ASKED.map((name) => [name, storedIn(plan, name) ?? DEFAULTS[name]]);
	return Object.fromEntries(values) as Asked;
}
