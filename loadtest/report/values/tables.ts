/** The report's tables: one function each, from a result to formatted cells. */
import type { Activity } from "../../plan/scenario.ts";
import { activityOf } from "../../plan/stored-plan.ts";
import type { Group, Metric, Result } from "../../record/result.ts";
import {
	GROUP_COLUMNS,
	nameCells,
	QUANTILE_COLUMNS,
	quantileCells,
	quantileRows,
	sessions,
} from "./cells.ts";
import { CONNECTION_FIGURES, connectionTable, openingTable, phaseTable } from "./connecting.ts";
import { costTable } from "./cost.ts";
import { isShown } from "./difference.ts";
import { errorTable } from "./errors.ts";
import { counted, NOT_AVAILABLE, showAddedMs, showBytes, showCount, showFigure, showRate } from "./number.ts";
import { QUANTILE_NAMES, QUANTILES, type QuantileName, quantileText, sampleFor } from "./quantile.ts";
import { addedOf, basePath, rowOf } from "./rows.ts";
import { hearingTable, stepTable } from "./scenario-tables.ts";
import { left, right, type Table } from "./table.ts";

const SPREADS: readonly (readonly [Metric, string])[] = [
	["fanout_first", "fan-out, first recipient"],
	["fanout_median", "fan-out, median recipient"],
	["fanout_last", "fan-out, last recipient"],
	["recover", "recovery after the cut"],
];

/** Every table that this result has data for, in reading order. */
export function tablesOf(result: Result): Table[] {
	return [
		responseTable(result),
		stepTable(result),
		hearingTable(result),
		scenarioTable(result),
		serviceTable(result),
		phaseTable(result),
		openingTable(result),
		connectionTable(result),
		spreadTable(result),
		deliveryTable(result),
		errorTable(result),
		costTable(result),
	].filter((table) => table.cells.length > 0);
}

/** Sessions, acks, response time, and what each path adds over the base path. */
export function responseTable(result: Result): Table {
	const base = basePath(result);
	const hasAdded = addedOf(result).length > 0;
	const isFlow = activityOf(result.plan) === "flow";
	const what = isFlow ? "flows" : "acks";
	return {
		caption: isFlow
			? "Flows: their time without pauses, milliseconds"
			: "Response time: from the scheduled send to the ack, milliseconds",
		columns: [
			...GROUP_COLUMNS,
			right("sessions"),
			right(what),
			right(`${what}/s`),
			...QUANTILE_COLUMNS,
			...(hasAdded ? [right("added p50"), right("added p99")] : []),
		],
		cells: result.groups.flatMap((group) => {
			const row = rowOf(group, "ack");
			if (row === undefined) return [];
			const acks = [showCount(group.counts.received), acksPerSecond(group)];
			const added = hasAdded ? [addedCell(result, group, "p50"), addedCell(result, group, "p99")] : [];
			return [[...nameCells(group), sessions(group), ...acks, ...quantileCells(row), ...added]];
		}),
		notes: [
			...(hasAdded ? [`added: compared with ${base}; unclear: no difference that this run can show.`] : []),
			...sampleNote(result, "ack", what),
		],
	};
}

/** Figures of a scenario that are not latencies: the knee of a ramp, memory of idle clients, slopes of a soak. */
export function scenarioTable(result: Result): Table {
	return {
		caption: "What the scenario found",
		columns: [left("figure"), left("transport"), left("path"), right("value"), left("unit")],
		cells: (result.outcomes ?? [])
			.filter(({ name }) => CONNECTION_FIGURES[name] === undefined)
			.map(({ name, transport, path, value, unit }) => [
				name,
				transport ?? "all",
				path ?? "all",
				...inMilliseconds(value, unit),
			]),
		notes: [],
	};
}

/** Service time, which leaves out the delay of a late send. */
export function serviceTable(result: Result): Table {
	return {
		caption: "Service time: from the actual send to the ack, milliseconds",
		columns: [...GROUP_COLUMNS, ...QUANTILE_COLUMNS],
		cells: quantileRows(result, "ack_service"),
		notes: [],
	};
}

/** Fan-out and recovery, for the scenarios that measure them. */
export function spreadTable(result: Result): Table {
	const cells = SPREADS.flatMap(([metric, title]) =>
		quantileRows(result, metric).map((row) => [title, ...row]),
	);
	return {
		caption: "Fan-out and recovery, milliseconds",
		columns: [left("event"), ...GROUP_COLUMNS, ...QUANTILE_COLUMNS],
		cells,
		notes: [],
	};
}

/** What the column of acknowledged messages is called where none are acknowledged. */
const ACKED: Partial<Record<Activity, string>> = { fanout: "arrived", flow: "completed", listen: "heard" };

/** Messages sent, acknowledged and lost, traffic, and errors. */
export function deliveryTable(result: Result): Table {
	// What a server pushes is due and sent when it is heard, and the table of events has its losses.
	const isListening = activityOf(result.plan) === "listen";
	const sends = isListening ? [] : (["due", "sent"] as const);
	const losses = isListening ? [] : (["lost", "doubled", "late"] as const);
	return {
		caption: "Delivery: messages, bytes and errors",
		columns: [
			...GROUP_COLUMNS,
			...sends.map(right),
			right(ACKED[activityOf(result.plan)] ?? "acked"),
			...losses.map(right),
			right("bytes out"),
			right("bytes in"),
			right("requests"),
			left("errors"),
		],
		cells: result.groups.map((group) => {
			const { bytesSent, bytesReceived, requests } = group.counts;
			const counts = [...sends, "received" as const, ...losses].map((name) => showCount(group.counts[name]));
			const traffic = [showBytes(bytesSent), showBytes(bytesReceived), showCount(requests)];
			return [...nameCells(group), ...counts, ...traffic, errorsOf(group)];
		}),
		notes: isListening
			? []
			: ["late: sent more than 5 ms after it was due, by a delay of the generator or of its machine."],
	};
}

/** The errors of a group, the most frequent first. */
function errorsOf(group: Group): string {
	const kinds = Object.entries(group.errors).sort(([, a], [, b]) => b - a);
	const lost = group.counts.sessionsLost;
	const all = [
		...(lost > 0 ? [counted(lost, "session cut", "sessions cut")] : []),
		...kinds.filter(([, times]) => times > 0).map(([kind, times]) => `${kind} ${showCount(times)}`),
	];
	return all.length > 0 ? all.join(", ") : "none";
}

function acksPerSecond(group: Group): string {
	return group.seconds > 0 ? showRate(group.counts.received / group.seconds) : NOT_AVAILABLE;
}

/** What the group's path adds over the base path; a difference that may be noise is called unclear. */
function addedCell(result: Result, group: Group, name: QuantileName): string {
	const base = basePath(result);
	if (group.path === base) return "–";
	const added = addedOf(result).find(
		(each) => each.transport === group.transport && each.path === group.path,
	);
	const other = result.groups.find((each) => each.transport === group.transport && each.path === base);
	const value = added?.[name] ?? null;
	if (value === null || other === undefined) return NOT_AVAILABLE;
	return isShown(group, other, name) ? showAddedMs(value) : "unclear";
}

/** Names the quantile that some group has too few samples for. */
function sampleNote(result: Result, metric: Metric, what: string): string[] {
	const rows = result.groups.flatMap((group) => rowOf(group, metric) ?? []);
	const name = QUANTILE_NAMES.find((each) => rows.some((row) => row[each] === null));
	if (name === undefined) return [];
	const quantile = QUANTILES[name];
	return [`n/a: too few ${what}; ${quantileText(quantile)} needs ${showCount(sampleFor(quantile))}.`];
}

/** Converts microseconds, and microseconds an hour, to the report's milliseconds. */
function inMilliseconds(value: number, unit: string): [string, string] {
	return unit === "us" || unit.startsWith("us/")
		? [showFigure(value / 1000), unit.replace("us", "ms")]
		: [showFigure(value), unit];
}
