/** One node as a card: its state with the reason, its sessions, and what to change at it. */

import { ADMIN_STATES } from "../../health/node-change.ts";
import { NO_CHECK } from "../../health/probe.ts";
import type { Warning } from "../../health/warning.ts";
import type { Row } from "../rows.ts";
import { ago, escaped, integer } from "./text.ts";

const FAULTS: Readonly<Record<string, string>> = {
	foreign_tag: "generates session ids without its tag",
	many_processes: "several processes answer at its address",
};

/** The card. `rows` are the node's rows, one for each kind of traffic. Its key is unique on the page, whatever the order of the nodes. */
export function nodeCard(rows: readonly Row[]): string {
	const { server, pool, status, health, warnings, hint } = rows[0]!;
	const fault = FAULTS[health?.fault ?? ""];
	const state = status === "no check" ? "" : ` ${status}`;
	const check =
		health === null ? "no monitor: each isolate relies on the failures it sees itself" : checkLine(health);
	return `<article class="node${state}" data-key="${escaped(`${pool}/${server}`)}"><h3><span>${escaped(server)}</span><span class="state">${status}</span></h3>
<p>${liveLine(rows)}</p>
<p>${check}</p>
<p>${health === null ? "" : changeLine(health)}</p>
<p class="fault">${fault === undefined ? "" : `⚠ ${fault}`}</p>
<ul class="notes">${warnings.map(warningItem).join("")}${hint === null ? "" : `<li class="hint" data-key="hint">${escaped(hint)}</li>`}</ul>
${health === null ? "" : buttons(server, health)}</article>`;
}

function liveLine(rows: readonly Row[]): string {
	const parts = rows
		.filter((row) => row.live !== null && row.live > 0)
		.map((row) => `${integer(row.live!)} ${row.traffic}`);
	const live = rows.reduce((sum, row) => sum + (row.live ?? 0), 0);
	const limit = rows.find((row) => row.limit !== null)?.limit;
	const known = rows.some((row) => row.live !== null);
	if (!known) return "live sessions unknown";
	return `<b>${integer(live)}</b> live${limit ? ` of ${integer(limit)}` : ""}${parts.length > 0 ? ` · ${parts.join(", ")}` : ""}`;
}

function checkLine(health: NonNullable<Row["health"]>): string {
	const { throttle, check, failedChecks, downs } = health;
	const slow = throttle === null ? "" : ` (slow start: ${throttle} %)`;
	return `${weightOf(health)}${slow} · check ${checkOf(check)} · ${integer(failedChecks)} failed, ${integer(downs)}× down`;
}

function weightOf({ weight, operatorWeight, configuredWeight }: NonNullable<Row["health"]>): string {
	return `weight <b>${weight}</b>${operatorWeight === null ? "" : ` (operator's; configured ${configuredWeight})`}`;
}

function checkOf(check: NonNullable<Row["health"]>["check"]): string {
	if (check === null) return "not checked yet";
	const { word, status, milliseconds } = check;
	if (word === NO_CHECK) return `${NO_CHECK}, Engine.IO answers in ${milliseconds} ms`;
	return `${escaped(word)} ${status || ""} in ${milliseconds} ms`;
}

function changeLine({ changed, reason, downtime }: NonNullable<Row["health"]>): string {
	const since = changed === null ? "" : `for ${ago(changed)}: ${escaped(reason)}`;
	const parts = [since, downtime > 0 ? `down ${ago(downtime)} in total` : ""];
	return parts.filter((part) => part !== "").join(" · ");
}

function warningItem({ code, fix }: Warning): string {
	return `<li data-key="${escaped(code)}">⚠ ${escaped(fix)}</li>`;
}

function buttons(node: string, { adminState, operatorWeight }: NonNullable<Row["health"]>): string {
	const states = ADMIN_STATES.map(
		(state) =>
			`<button type="button" data-key="${state}" data-node="${escaped(node)}" data-state="${state}" aria-pressed="${state === adminState}">${state}</button>`,
	);
	const clear =
		operatorWeight === null
			? ""
			: `<button type="button" data-key="weight" data-node="${escaped(node)}" data-weight="null">configured weight</button>`;
	return `<div class="states">${states.join("")}${clear}</div>`;
}
