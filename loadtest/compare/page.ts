/** The comparison as a self-contained HTML page: verdict first, then charts, tables and environment. */
import { Histogram } from "../record/histogram.ts";
import type { Group, Metric, Metrics, Result } from "../record/result.ts";
import { planLine } from "../report/headline.ts";
import { type Chart, figure } from "../report/html/chart.ts";
import { htmlDocument } from "../report/html/document.ts";
import { sideStyle } from "../report/html/line-style.ts";
import { asMarkup, type Markup, markup } from "../report/html/markup.ts";
import { spectrumOf } from "../report/html/spectrum.ts";
import { htmlTable } from "../report/html/table.ts";
import { COMPARISON_DATA, type ComparisonData, type NamedResult } from "../report/readable.ts";
import type { Comparison, Section } from "./comparison.ts";
import type { Pairing } from "./pairing.ts";
import { ratioChart } from "./ratio-chart.ts";
import { runsChart } from "./runs-chart.ts";
import { LEAST_RUNS } from "./statistics/holm.ts";
import { runsText, SIGNS, tablesOf } from "./tables.ts";
import { reasonLines, verdictSentence } from "./text.ts";
import type { Verdict } from "./verdict.ts";

const TONE: Record<Verdict, "good" | "doubt" | "bad"> = {
	better: "good",
	same: "good",
	worse: "bad",
	unclear: "doubt",
	indicative: "doubt",
	invalid: "bad",
};

/** The whole page as a string. */
export function comparisonPage(comparison: Comparison): string {
	const { overall, doubts, sections, candidate } = comparison;
	const [run] = candidate;
	const scenario = run?.result.plan.scenario ?? "";
	const [main, ...tables] = tablesOf(comparison);
	const title = `Comparison: ${scenario}, ${overall.verdict}`;
	const body = markup`
<h1>${sections[0]?.title ?? "Comparison"}: ${scenario}</h1>
<p class="meta">${runsText(comparison)}${run === undefined ? "" : ` · ${planLine(run.result)}`}</p>
<div class="verdict ${TONE[overall.verdict]}"><b>${SIGNS[overall.verdict]}</b><span>${verdictSentence(comparison)}<br>${reasonLines(comparison).map((reason) => markup`${reason}<br>`)}<span class="note">${overall.next}</span></span></div>
${doubts.length > 0 ? markup`<ul class="note">${doubts.map((doubt) => markup`<li>${doubt}</li>`)}</ul>` : ""}
${chartsOf(comparison)}
<h2>Figures</h2>
${main === undefined ? "" : htmlTable(main)}
${tables.map(htmlTable)}
${otherCharts(comparison)}
<h2>Runs</h2>
${runList(comparison)}`;
	return htmlDocument({ title, body, data: dataOf(comparison) });
}

function chartsOf({ sections, metric, margin }: Comparison): Markup {
	const [main] = sections;
	if (main === undefined) return asMarkup("");
	const pair = primaryPair(main);
	const first =
		pair === undefined
			? []
			: [ratioChart(pair, main, metric, margin), runsChart(main), overlay(pair, main, metric)];
	return markup`${first.map(figure)}`;
}

function otherCharts({ sections, metric, margin }: Comparison): Markup | string {
	const [main] = sections;
	if (main === undefined) return "";
	const primary = primaryPair(main);
	const others = main.pairs.filter((each) => each !== primary);
	if (others.length === 0) return "";
	return markup`<h2>Other groups</h2>${others.map((each) => figure(ratioChart(each, main, metric, margin)))}`;
}

function primaryPair(section: Section): Pairing | undefined {
	const tested = section.rows.find((row) => row.finding !== null);
	return section.pairs.find((pair) => pair.name === tested?.name) ?? section.pairs[0];
}

function overlay(pair: Pairing, section: Section, metric: Metric): Chart | undefined {
	const merged = (groups: Group[]) =>
		groups.reduce((sum, group) => {
			const record = group.metrics[metric]?.histogram;
			return record === undefined ? sum : sum.mergeRecord(record);
		}, new Histogram());
	const sources = [
		{ style: sideStyle("base", section.baseName), histogram: merged(pair.base) },
		{ style: sideStyle("new", section.candidateName), histogram: merged(pair.candidate) },
	];
	return spectrumOf(sources, `All runs together: ${pair.name} by percentile`);
}

function runList({ candidate, base }: Comparison): Markup {
	const line = (run: NamedResult, side: string) =>
		markup`<li>${side} ${run.name}: ${run.result.startedAt.slice(0, 19).replace("T", " ")} UTC, ${run.result.environment.tool}, ${run.result.environment.cpu}</li>`;
	const sides = base.length === 0 ? ["", ""] : ["new", "base"];
	return markup`<ul class="note">${candidate.map((run) => line(run, sides[0] ?? ""))}${base.map((run) => line(run, sides[1] ?? ""))}</ul>`;
}

/** The runs, to be compared again; without their seconds where there are enough runs to need no resampling. */
function dataOf({ candidate, base }: Comparison): ComparisonData {
	const enough = candidate.length >= LEAST_RUNS && (base.length === 0 || base.length >= LEAST_RUNS);
	const slim = ({ name, result }: NamedResult) => ({
		name,
		result: enough ? withoutSeconds(result) : result,
	});
	return { kind: COMPARISON_DATA, candidate: candidate.map(slim), base: base.map(slim) };
}

function withoutSeconds(result: Result): Result {
	const groups = result.groups.map((group) => ({
		...group,
		metrics: Object.fromEntries(
			Object.entries(group.metrics).map(([name, metric]) => [name, { ...metric, windows: [] }]),
		) as Metrics,
	}));
	return { ...result, groups, generator: [], opening: undefined };
}
