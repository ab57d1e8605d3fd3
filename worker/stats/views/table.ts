/** The traffic of one pool as a table: HAProxy's groups of columns, and one for stickiness. */
import { STATUS_CLASSES } from "../counters.ts";
import type { Row } from "../rows.ts";
import { type ExplainedCounter, LIVE, LIVE_MAX, MEANINGS, TOTAL, WAIT } from "./meanings.ts";
import { bytes, escaped, integer, percent, rate } from "./text.ts";

/** `value`: null = unknown, or meaningless in this row. `mark`: "bad" highlights values above 0. */
type Column = readonly [
	head: string,
	title: string,
	value: (row: Row) => number | null,
	show?: (value: number) => string,
	mark?: "bad" | "",
];

/** The column of a counter, with a value only in the rows for which `isShown` holds. */
const counted = (
	head: string,
	counter: ExplainedCounter,
	{
		show = integer,
		mark = "",
		isShown = () => true,
	}: { show?: Column[3]; mark?: Column[4]; isShown?: (row: Row) => boolean } = {},
): Column => [
	head,
	MEANINGS[counter],
	(row) => (isShown(row) ? (row.counts[counter] ?? 0) : null),
	show,
	mark,
];

const BAD = { mark: "bad" } as const;
const ofEngine = { isShown: (row: Row) => row.traffic !== "http" };
const ofUpgrades = { isShown: (row: Row) => row.traffic === "websocket" || row.traffic === "flashsocket" };
const ofBackend = { isShown: (row: Row) => row.kind === "backend" };

const GROUPS: readonly (readonly [name: string, columns: readonly Column[]])[] = [
	[
		"Sessions",
		[
			["Live", LIVE, (row) => row.live],
			["Max", LIVE_MAX, (row) => row.liveMax],
			["Total", TOTAL, (row) => row.total],
			counted("LbTot", "picks"),
		],
	],
	[
		"Per second",
		[
			["New", "new per second, over the last 10 to 20 s", (row) => row.rate, rate],
			["Max", "the highest over 10 s", (row) => row.rateMax, rate],
			["Req", "requests per second", (row) => row.requestRate, rate],
		],
	],
	[
		"Stickiness",
		[
			counted("Sticky", "sticky", ofEngine),
			counted("Gone", "gone", { ...ofEngine, ...BAD }),
			counted("Upgr", "upgrades_done", ofUpgrades),
			["Upgr %", "share of the sessions opened by polling", (row) => row.upgraded, percent],
		],
	],
	["Bytes", [counted("In", "bytes_in", { show: bytes }), counted("Out", "bytes_out", { show: bytes })]],
	[
		"Denied, errors",
		[
			counted("Den", "denied", ofBackend),
			counted("Conn", "unreachable", BAD),
			counted("Time", "timeouts", BAD),
			counted("5xx", "server_errors", BAD),
			counted("Refu", "refused"),
			counted("503", "no_node", { ...ofBackend, ...BAD }),
		],
	],
	["Warnings", [counted("Retr", "retries"), counted("Redis", "redispatches")]],
	[
		"Answers",
		[
			...STATUS_CLASSES.map(
				(name, i): Column => [
					`${i + 1}xx`,
					`answers with status ${i + 1}xx`,
					(row) => row.counts[name] ?? 0,
					integer,
					i === 4 ? "bad" : "",
				],
			),
			["ms", WAIT, (row) => row.waitMs, rate],
		],
	],
];

const COLUMNS = GROUPS.flatMap(([, columns]) => columns);

/** The table. Traffic without requests is one line instead of one per node. */
export function poolTable(rows: readonly Row[]): string {
	const used = new Set(rows.filter((row) => (row.counts["requests"] ?? 0) > 0).map((row) => row.proxy));
	const backends = rows.filter((row) => row.kind === "backend");
	const shown = backends.flatMap((backend) => [
		backend,
		...rows.filter((row) => row.kind === "server" && row.proxy === backend.proxy && used.has(row.proxy)),
	]);
	const groups = GROUPS.map(
		([name, columns]) => `<th scope="colgroup" colspan="${columns.length}">${name}</th>`,
	);
	const heads = COLUMNS.map(([head, title]) => `<th scope="col" title="${escaped(title)}">${head}</th>`);
	return `<div class="wide" tabindex="0" role="region" aria-label="traffic of the pool"><table><thead><tr><th rowspan="2"></th>${groups.join("")}</tr><tr>${heads.join("")}</tr></thead><tbody>${shown.map(line).join("")}</tbody></table></div>`;
}

function line(row: Row): string {
	const name = row.kind === "backend" ? row.traffic! : row.server;
	const key = escaped(`${row.proxy}/${row.server}`);
	return `<tr data-key="${key}" class="${row.kind === "backend" ? "total" : "part"}"><th scope="row">${escaped(name)}</th>${COLUMNS.map((column) => cell(column, row)).join("")}</tr>`;
}

function cell([, , value, show = integer, mark = ""]: Column, row: Row): string {
	const number = value(row);
	if (number === null) return '<td class="zero"></td>';
	return `<td class="${number === 0 ? "zero" : mark}">${show(number)}</td>`;
}
