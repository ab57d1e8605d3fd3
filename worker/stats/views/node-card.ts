/** One node as a card: its state and why, and the sessions it carries. */
import { ADMIN_STATES } from "../../health/node-change.ts";
import type { Row } from "../rows.ts";
import { ago, escaped, integer } from "./text.ts";

const FAULTS: Readonly<Record<string, string>> = {
	foreign_tag: "generates session ids without its tag",
	many_processes: "several processes answer at its address",
};

/** The card. `rows` are the node's rows, one for each kind of traffic. */
export function nodeCard(rows: readonly Row[]): string {
	const { server, status, health } = rows[0]!;
	const fault = FAULTS[health?.fault ?? ""];
	const state = status === "no check" ? "" : ` ${status}`;
	return `<article class="node${state}"><h3><span>${escaped(server)}</span><span class="state">${status}</span></h3>
<p>${liveLine(rows)}</p>
<p>${health === null ? "no monitor: each isolate relies on the failures it sees itself" : checkLine(health)}</p>
<p>${health === null ? "" : changeLine(health)}</p>
<p class="fault">${fault === undefined ? "" : `⚠ ${fault}`}</p>
${health === null ? "" : stateButtons(server, health.adminState)}</article>`;
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

function checkLine({ weight, throttle, check, failedChecks, downs }: NonNullable<Row["health"]>): string {
	const last =
		check === null ? "not checked yet" : `${check.word} ${check.status || ""} in ${check.milliseconds} ms`;
	return `weight <b>${weight}</b>${throttle === null ? "" : ` (slow start: ${throttle} %)`} · check ${last} · ${integer(failedChecks)} failed, ${integer(downs)}× down`;
}

function changeLine({ changed, reason, downtime }: NonNullable<Row["health"]>): string {
	const since = changed === null ? "" : `for ${ago(changed)}: ${escaped(reason)}`;
	const parts = [since, downtime > 0 ? `down ${ago(downtime)} in total` : ""];
	return parts.filter((part) => part !== "").join(" · ");
}

function stateButtons(node: string, current: string): string {
	const buttons = ADMIN_STATES.map(
		(state) =>
			`<button type="button" data-node="${escaped(node)}" data-state="${state}" aria-pressed="${state === current}">${state}</button>`,
	);
	return `<div class="states">${buttons.join("")}</div>`;
}
