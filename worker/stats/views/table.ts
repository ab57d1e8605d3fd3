/** The traffic of one pool as a table: HAProxy's groups of columns, and one for stickiness. */
import type { Row } from "../rows.ts";
import { bytes, escaped, integer, percent, rate } from "./text.ts";

interface Column {
	readonly head: string;
	readonly title: string;
	/** Null = unknown, or meaningless in this row. */
	readonly value: (row: Row) => number | null;
	readonly show?: (value: number) => string;
	/** Whether a value above 0 is highlighted. */
	readonly bad?: boolean;
}

const counted =
	(...names: readonly string[]) =>
	({ counts }: Row): number =>
		names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);

const engine =
	(value: (row: Row) => number | null) =>
	(row: Row): number | null =>
		row.traffic === "http" ? null : value(row);

const GROUPS: readonly (readonly [name: string, columns: readonly Column[]])[] = [
	[
		"Sessions",
		[
			{ head: "Live", title: "live sessions, as the nodes last reported", value: (row) => row.live },
			{ head: "Max", title: "maximum of the live sessions", value: (row) => row.liveMax },
			{
				head: "Total",
				title: "Engine.IO sessions opened; requests of plain http",
				value: (row) => row.total,
			},
			{ head: "LbTot", title: "times a node was chosen", value: counted("picks") },
		],
	],
	[
		"Per second",
		[
			{
				head: "New",
				title: "new per second, over the last 10 to 20 s",
				value: (row) => row.rate,
				show: rate,
			},
			{ head: "Max", title: "the highest over 10 s", value: (row) => row.rateMax, show: rate },
			{ head: "Req", title: "requests per second", value: (row) => row.requestRate, show: rate },
		],
	],
	[
		"Stickiness",
		[
			{
				head: "Sticky",
				title: "requests of a session that reached its node",
				value: engine(counted("sticky")),
			},
			{
				head: "Gone",
				title: "answered code 1: the session's node no longer exists",
				value: engine(counted("gone")),
				bad: true,
			},
			{
				head: "Upgr",
				title: "upgrades of a session that were answered 101",
				value: (row) =>
					row.traffic === "websocket" || row.traffic === "flashsocket" ? counted("upgrades_done")(row) : null,
			},
			{
				head: "Upgr %",
				title: "share of the sessions opened by polling",
				value: (row) => row.upgraded,
				show: percent,
			},
		],
	],
	[
		"Bytes",
		[
			{ head: "In", title: "bodies with a Content-Length", value: counted("bytes_in"), show: bytes },
			{
				head: "Out",
				title: "bodies with a Content-Length; WebSocket frames are not counted",
				value: counted("bytes_out"),
				show: bytes,
			},
		],
	],
	[
		"Denied, errors",
		[
			{
				head: "Den",
				title: "denied by policy",
				value: (row) => (row.kind === "backend" ? counted("denied")(row) : null),
			},
			{
				head: "Conn",
				title: "node unreachable, or closed the connection before headers",
				value: counted("unreachable"),
				bad: true,
			},
			{ head: "Time", title: "no headers in time", value: counted("timeouts"), bad: true },
			{ head: "5xx", title: "5xx sent by the node", value: counted("server_errors"), bad: true },
			{
				head: "Refu",
				title: "handshakes refused by a node that drains or is full",
				value: counted("refused"),
			},
			{
				head: "503",
				title: "no node took the session",
				value: (row) => (row.kind === "backend" ? counted("no_node")(row) : null),
				bad: true,
			},
		],
	],
	[
		"Warnings",
		[
			{ head: "Retr", title: "attempts that were followed by another", value: counted("retries") },
			{ head: "Redis", title: "requests that were retried on another node", value: counted("redispatches") },
		],
	],
	[
		"Answers",
		[
			{ head: "1xx", title: "101 opens a WebSocket", value: counted("hrsp_1xx") },
			{ head: "2xx", title: "", value: counted("hrsp_2xx") },
			{ head: "3xx", title: "", value: counted("hrsp_3xx") },
			{ head: "4xx", title: "", value: counted("hrsp_4xx") },
			{ head: "5xx", title: "", value: counted("hrsp_5xx"), bad: true },
			{
				head: "ms",
				title: "average time until a node's headers; polls are not included",
				value: (row) => row.waitMs,
				show: rate,
			},
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
	const heads = COLUMNS.map(({ head, title }) => `<th scope="col" title="${escaped(title)}">${head}</th>`);
	return `<div class="wide" tabindex="0" role="region" aria-label="traffic of the pool"><table><thead><tr><th rowspan="2"></th>${groups.join("")}</tr><tr>${heads.join("")}</tr></thead><tbody>${shown.map(line).join("")}</tbody></table></div>`;
}

function line(row: Row): string {
	const name = row.kind === "backend" ? row.traffic! : row.server;
	const key = escaped(`${row.proxy}/${row.server}`);
	return `<tr data-key="${key}" class="${row.kind === "backend" ? "total" : "part"}"><th scope="row">${escaped(name)}</th>${COLUMNS.map((column) => cell(column, row)).join("")}</tr>`;
}

function cell({ value, show = integer, bad }: Column, row: Row): string {
	const number = value(row);
	if (number === null) return '<td class="zero"></td>';
	return `<td class="${number === 0 ? "zero" : bad ? "bad" : ""}">${show(number)}</td>`;
}
