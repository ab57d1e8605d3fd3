/** The statistics as an HTML page without external resources. */
import { deniedOf, type Row } from "../rows.ts";
import type { Statistics } from "../statistics.ts";
import { MEANINGS } from "./meanings.ts";
import { nodeCard } from "./node-card.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";
import { poolTable } from "./table.ts";
import { ago, escaped, integer, percent, rate } from "./text.ts";

/** The page's HTML. Its Content-Security-Policy allows the style and script that have `nonce`. */
export function pageOf(statistics: Statistics, nonce: string): string {
	return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>sticky-edge statistics</title><link rel="icon" href="data:,"><style nonce="${nonce}">${STYLE}</style></head>
<body><main><header><h1>sticky-edge</h1><p id="stale" role="status"></p></header><div id="live">${livePart(statistics)}</div></main><script nonce="${nonce}">${SCRIPT}</script></body></html>`;
}

/** The part of the page that changes. Its script fetches it to refresh the page. */
export function livePart(statistics: Statistics): string {
	const front = statistics.rows[0]!;
	const pools = [...new Set(statistics.rows.map((row) => row.pool).filter((pool) => pool !== null))];
	return [
		`<p class="note">${new Date(statistics.at).toISOString().slice(0, 19).replace("T", " ")} UTC · counting for ${ago((statistics.at - statistics.since) / 1000)} · ${sourceOf(statistics)}</p>`,
		statistics.monitor
			? ""
			: '<p class="note warn">The monitor is not bound or does not answer: states, checks and live sessions are unknown.</p>',
		tiles(front, statistics.rows),
		...pools.map((pool) =>
			poolSection(
				pool,
				statistics.rows.filter((row) => row.pool === pool),
			),
		),
		`<h2>Frontend</h2>${frontList(front)}`,
		'<p class="note">Live sessions are at most one probe interval old, and all other numbers 10 s. WebSocket frames are not counted.</p>',
	].join("\n");
}

function sourceOf({ source, isolates }: Statistics): string {
	if (source === "isolate") return "this isolate alone (no ledger is bound)";
	if (source === "isolate_ledger_silent")
		return "this isolate alone (the ledger does not answer, so these numbers are incomplete)";
	return `all isolates, ${isolates} active within the last minute`;
}

function tiles(front: Row, rows: readonly Row[]): string {
	const backends = rows.filter((row) => row.kind === "backend");
	const sum = (...names: readonly string[]) =>
		backends.reduce((all, { counts }) => all + names.reduce((one, name) => one + (counts[name] ?? 0), 0), 0);
	const known = backends.some((row) => row.live !== null);
	const polling = backends.filter((row) => row.traffic === "polling");
	const opened = polling.reduce((all, row) => all + row.total, 0);
	const upgraded = polling.reduce((all, row) => all + (row.upgraded ?? 0) * row.total, 0);
	const failed = sum("unreachable", "timeouts", "server_errors", "no_node");
	return `<div class="tiles">${[
		tile(
			known ? integer(backends.reduce((all, row) => all + (row.live ?? 0), 0)) : "?",
			"live sessions",
			"reported by the nodes",
		),
		tile(integer(front.total), "sessions opened", `${rate(front.rate)}/s`),
		tile(integer(front.counts["requests"] ?? 0), "requests", `${rate(front.requestRate)}/s`),
		tile(opened === 0 ? "–" : percent(upgraded / opened), "upgraded", "of polling sessions"),
		tile(integer(sum("sticky")), "sticky", "reached their node"),
		tile(integer(sum("gone")), "gone", "had to reconnect"),
		tile(integer(deniedOf(front)), "denied", "by policy"),
		tile(integer(failed), "errors", "of nodes", failed > 0),
	].join("")}</div>`;
}

function tile(value: string, name: string, more: string, bad = false): string {
	return `<div class="tile"><span>${name}</span><b class="${bad ? "bad" : ""}">${value}</b><i>${more}</i></div>`;
}

function poolSection(pool: string, rows: readonly Row[]): string {
	const servers = rows.filter((row) => row.kind === "server");
	const names = [...new Set(servers.map((row) => row.server))];
	const up = names.filter((name) =>
		["UP", "no check"].includes(servers.find((row) => row.server === name)!.status),
	);
	const cards = names.map((name) => nodeCard(servers.filter((row) => row.server === name)));
	return `<section data-key="${escaped(pool)}"><h2>${escaped(pool)} <small>${up.length} of ${names.length} nodes take new sessions</small></h2><div class="nodes">${cards.join("")}</div>${poolTable(rows)}</section>`;
}

const FRONT_COUNTERS = [
	"redirected",
	"plain_upgrades",
	"tls_1_3",
	"tls_1_2",
	"tls_unknown",
	"plain_http",
	"no_route",
	"log_lines",
	"failed_tokens",
] as const;

function frontList({ counts }: Row): string {
	const entries: [string, number][] = FRONT_COUNTERS.map((name) => [MEANINGS[name], counts[name] ?? 0]);
	for (const [name, value] of Object.entries(counts))
		if (name.startsWith("denied_")) entries.push([`denied: ${name.slice(7).replaceAll("_", " ")}`, value]);
	return `<dl>${entries.map(([name, value]) => `<div data-key="${escaped(name)}"><dt>${escaped(name)}</dt><dd>${integer(value)}</dd></div>`).join("")}</dl>`;
}
