/** The report of one run as a self-contained HTML page. */
import { activityOf } from "../plan/stored-plan.ts";
import type { Result } from "../record/result.ts";
import type { BudgetResult } from "./budgets/result.ts";
import { runBudgetTable } from "./budgets/table.ts";
import { findingsOf, planLine, problemsOf } from "./headline.ts";
import { figure } from "./html/chart.ts";
import { fanoutChart, recoveryChart } from "./html/cumulative.ts";
import { htmlDocument } from "./html/document.ts";
import { type Markup, markup } from "./html/markup.ts";
import { overTimeChart } from "./html/over-time.ts";
import { secondsTable } from "./html/seconds.ts";
import { spectrum } from "./html/spectrum.ts";
import { foldedTable, htmlTable } from "./html/table.ts";
import { waterfall } from "./html/waterfall.ts";
import { type Tone, toneOf } from "./tone.ts";
import { validityOf } from "./validity.ts";
import { hearingTable, stepTable } from "./values/scenario-tables.ts";
import { responseTable, tablesOf } from "./values/tables.ts";

const SIGNS: Readonly<Record<Tone, string>> = { good: "✓", doubt: "!", bad: "✕" };

/** The whole page as a string. */
export function reportPage(result: Result, budgets: readonly BudgetResult[] = []): string {
	const isListening = activityOf(result.plan) === "listen";
	const first = isListening ? [hearingTable(result)] : [responseTable(result), stepTable(result)];
	const details = tablesOf(result).filter(({ caption }) => first.every((one) => one.caption !== caption));
	const figures = first.filter(({ cells }) => cells.length > 0).map(htmlTable);
	const overTime = overTimeChart(result);
	const [finding, ...more] = findingsOf(result);
	const title = `Load test: ${result.plan.scenario}`;
	const body = markup`
<h1>${title}</h1>
<p class="meta">${planLine(result)}</p>
${verdict(result, budgets)}
${finding === undefined ? "" : markup`<p class="finding">${finding}</p>`}
${more.map((line) => markup`<p>${line}</p>`)}
${notesOf(result)}
${budgets.length > 0 ? htmlTable(runBudgetTable(budgets)) : ""}
<h2>${isListening ? "Events heard" : "Response time"}</h2>
${figures}
${[spectrum(result), fanoutChart(result), recoveryChart(result)].map(figure)}
${overTime === undefined ? "" : markup`<h2>Over time</h2>${figure(overTime)}${foldedTable(secondsTable(result))}`}
<h2>Connecting</h2>
${figure(waterfall(result))}
<h2>Details</h2>
${details.map(htmlTable)}
<h2>Environment</h2>
${environment(result)}`;
	return htmlDocument({ title, body, data: result });
}

function verdict(result: Result, budgets: readonly BudgetResult[]): Markup {
	const validity = validityOf(result);
	const tone = toneOf(result, budgets);
	const [first, ...more] = [...problemsOf(result, budgets), validity.sentence];
	return markup`<div class="verdict ${tone}"><b>${SIGNS[tone]}</b><span>${first}${more.map((line) => markup`<br>${line}`)}</span></div>`;
}

/** What to do about doubts. Commands between backticks are set as code. */
function notesOf(result: Result): Markup | string {
	const items = validityOf(result).notes.map((note) => {
		const parts = note.split("`").map((part, at) => (at % 2 === 1 ? markup`<code>${part}</code>` : part));
		return markup`<li>${parts}</li>`;
	});
	return items.length > 0 ? markup`<ul class="note">${items}</ul>` : "";
}

function environment(result: Result): Markup {
	const { environment } = result;
	const versions = Object.entries(environment.versions).map(([name, version]) => `${name} ${version}`);
	const where = environment.loopback
		? "Loopback: generator, edge and nodes share these processors. Compare the figures with each other, not with those of a network."
		: "The targets are on other hosts.";
	return markup`<p class="note">${environment.tool} · ${versions.join(", ")} · ${environment.os} · ${environment.cpu}, ${environment.cpus} processors · clock ${environment.clock}. ${where}</p>`;
}
