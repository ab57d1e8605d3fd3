/** The report's tables: one function each, from a result to ready cells. */
import type { Group, Metric, Result } from "../record/result.ts";
import { costTable } from "./cost-table.ts";
import { counted, NOT_AVAILABLE, showAddedMs, showBytes, showCount, showMs, showRate } from "./number.ts";
import { outcomeTable } from "./outcome-table.ts";
import { QUANTILES, sampleFor } from "./quantile.ts";
import { addedOf, basePath, type Row, rowOf } from "./rows.ts";
import { left, right, type Table } from "./table.ts";

const PHASES: [Metric, string][] = [
	["policy", "policy"],
	["dns", "DNS"],
	["tcp", "TCP"],
	["tls", "TLS"],
	["engine_handshake", "Engine.IO"],
	["socket_connect", "Socket.IO"],
	["upgrade", "upgrade"],
	["first_ack", "first ack"],
	["connect", "whole"],
];
const SPREADS: [Metric, string][] = [
	["fanout_first", "fan-out, first recipient"],
	["fanout_median", "fan-out, median recipient"],
	["fanout_last", "fan-out, last recipient"],
	["recover", "recovery after the cut"],
];

/** Every table that this result has data for, in reading order. */
export function tablesOf(result: Result): Table[] {
	return [
		responseTable(result),
		outcomeTable(result),
		serviceTable(result),
		phaseTable(result),
		spreadTable(result),
		deliveryTable(result),
		costTable(result),
	].filter((table) => table.cells.length > 0);
}

/** Sessions, acks, response time and what each path adds over the base path. */
export function responseTable(result: Result): Table {
	const added = addedOf(result);
	const showAdded = added.length > 0;
	const base = basePath(result);
	const cells = result.groups.flatMap((group) => {
		const row = rowOf(group, "ack");
		if (row === undefined) return [];
		const more = added.find((each) => each.transport === group.transport && each.path === group.path);
		const of = (value: number | null | undefined) => (group.path === base ? "–" : showAddedMs(value ?? null));
		return [
			[
				...named(group),
				sessions(group),
				showCount(group.counts.received),
				perSecond(group),
				...quantiles(row),
				...(showAdded ? [of(more?.p50), of(more?.p99)] : []),
			],
		];
	});
	return {
		caption: "Response time: from the intended send to the ack, milliseconds",
		columns: [
			...NAMED,
			right("sessions"),
			right("acks"),
			right("acks/s"),
			...QUANTILE_COLUMNS,
			...(showAdded ? [right("added p50"), right("added p99")] : []),
		],
		cells,
		notes: [
			...(showAdded ? [`added: over the ${base} path, a difference of quantiles.`] : []),
			...missing(result, "ack"),
		],
	};
}

/** The same without the wait for the generator's own schedule. */
export function serviceTable(result: Result): Table {
	return {
		caption: "Service time: from the real send to the ack, milliseconds",
		columns: [...NAMED, ...QUANTILE_COLUMNS],
		cells: quantileCells(result, "ack_service"),
		notes: [],
	};
}

/** Where a connection's time goes, the median of each phase. */
export function phaseTable(result: Result): Table {
	const measured = PHASES.filter(([metric]) =>
		result.groups.some((group) => (rowOf(group, metric)?.count ?? 0) > 0),
	);
	const cells = result.groups.map((group) => [
		...named(group),
		...measured.map(([metric]) => {
			const row = rowOf(group, metric);
			return row === undefined || row.count === 0 ? "–" : showMs(row.p50);
		}),
	]);
	return {
		caption: "Connection phases: median of each, milliseconds",
		columns: [...NAMED, ...measured.map(([, title]) => right(title))],
		cells: measured.length > 0 ? cells : [],
		notes: [],
	};
}

/** Fan-out and recovery, for the scenarios that measure them. */
export function spreadTable(result: Result): Table {
	const cells = SPREADS.flatMap(([metric, title]) =>
		quantileCells(result, metric).map((row) => [title, ...row]),
	);
	return {
		caption: "Fan-out and recovery, milliseconds",
		columns: [left("what"), ...NAMED, ...QUANTILE_COLUMNS],
		cells,
		notes: [],
	};
}

/** What was sent, what came back, and what went wrong. */
export function deliveryTable(result: Result): Table {
	return {
		caption: "Delivery: messages, bytes and errors",
		columns: [
			...NAMED,
			right("due"),
			right("sent"),
			right("acked"),
			right("lost"),
			right("doubled"),
			right("late"),
			right("out"),
			right("in"),
			right("requests"),
			left("errors"),
		],
		cells: result.groups.map((group) => {
			const { due, sent, received, lost, doubled, late, bytesSent, bytesReceived, requests } = group.counts;
			const counts = [due, sent, received, lost, doubled, late].map(showCount);
			const traffic = [showBytes(bytesSent), showBytes(bytesReceived), showCount(requests)];
			return [...named(group), ...counts, ...traffic, errorsOf(group)];
		}),
		notes: ["late: sent more than 5 ms after it was due, by the generator's own fault."],
	};
}

/** The errors of a group, the most frequent first. */
export function errorsOf(group: Group): string {
	const kinds = Object.entries(group.errors).sort(([, a], [, b]) => b - a);
	const lost = group.counts.sessionsLost;
	const all = [
		...(lost > 0 ? [counted(lost, "session cut", "sessions cut")] : []),
		...kinds.filter(([, times]) => times > 0).map(([kind, times]) => `${kind} ${showCount(times)}`),
	];
	return all.length > 0 ? all.join(", ") : "none";
}

const NAMED = [left("transport"), left("path")];
const QUANTILE_COLUMNS = ["p50", "p90", "p99", "p99.9", "max"].map(right);

function named(group: Group): string[] {
	return [group.transport, group.path];
}

function quantiles(row: Row): string[] {
	return [row.p50, row.p90, row.p99, row.p999, row.max].map(showMs);
}

function quantileCells(result: Result, metric: Metric): string[][] {
	return result.groups.flatMap((group) => {
		const row = rowOf(group, metric);
		return row === undefined || row.count === 0 ? [] : [[...named(group), ...quantiles(row)]];
	});
}

function sessions(group: Group): string {
	const { sessionsOpen, sessionsTried } = group.counts;
	if (sessionsOpen === sessionsTried) return showCount(sessionsOpen);
	return `${showCount(sessionsOpen)} of ${showCount(sessionsTried)}`;
}

function perSecond(group: Group): string {
	return group.seconds > 0 ? showRate(group.counts.received / group.seconds) : NOT_AVAILABLE;
}

function missing(result: Result, metric: Metric): string[] {
	const rows = result.groups.flatMap((group) => rowOf(group, metric) ?? []);
	const short = (["p50", "p90", "p99", "p999"] as const).find((name) =>
		rows.some((row) => row[name] === null),
	);
	if (short === undefined) return [];
	const title = short === "p999" ? "p99.9" : short;
	return [`n/a: too few acks for that quantile; ${title} needs ${showCount(sampleFor(QUANTILES[short]))}.`];
}
