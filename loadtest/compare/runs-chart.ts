/** Every run as a mark: the values behind the test, so that readers can judge the spread for themselves. */

import { type Chart, ticksOn, xAxis } from "../report/html/chart.ts";
import { markerAt, sideStyle } from "../report/html/line-style.ts";
import { type Markup, markup } from "../report/html/markup.ts";
import { type Frame, linear, linearTicks, tickText } from "../report/html/scale.ts";
import { counted, showMs } from "../report/values/number.ts";
import { QUANTILES, quantileText } from "../report/values/quantile.ts";
import type { Section } from "./comparison.ts";
import type { ComparisonRow } from "./rows.ts";

const LANE = 30;
const BLOCK = 2 * LANE + 34;

/** One block per tested row, base above new; undefined where nothing was tested. */
export function runsChart(section: Section): Chart | undefined {
	const rows = section.rows.filter((row) => row.finding !== null && row.ratio !== null);
	if (rows.length === 0) return undefined;
	const frame = { height: 34 + rows.length * BLOCK + 48, top: 34, bottom: 48 };
	return {
		id: "runs",
		title: "What did each run measure?",
		description: rows
			.map(
				(row) =>
					`${row.name} ${quantileText(QUANTILES[row.quantile])}: ${section.baseName} ${listed(row.baseRuns)}; ${section.candidateName} ${listed(row.candidateRuns)}`,
			)
			.join(". "),
		caption: `Each mark is one run (${counted(rows[0]?.candidateRuns.length ?? 0, "run")} of ${section.candidateName}); the vertical line is the median of its side.`,
		draw: (each) => draw(each, section, rows),
		wide: { width: 980, left: 110, right: 30, ...frame },
		narrow: { width: 400, left: 78, right: 16, ...frame },
	};
}

function draw(frame: Frame, section: Section, rows: ComparisonRow[]): Markup {
	const values = rows
		.flatMap((row) => [...row.baseRuns, ...row.candidateRuns])
		.filter((value) => value !== null);
	const longest = Math.max(...values) * 1.04;
	const x = linear([0, longest], [frame.left, frame.width - frame.right]);
	const ticks = ticksOn(x, linearTicks(0, longest, frame.width > 600 ? 8 : 4), tickText);
	const blocks = rows.map((row, at) => {
		const top = frame.top + at * BLOCK;
		const base = lane(sideStyle("base", section.baseName), row.baseRuns, row.base, x, top + 26, frame);
		const candidate = lane(
			sideStyle("new", section.candidateName),
			row.candidateRuns,
			row.candidate,
			x,
			top + 26 + LANE,
			frame,
		);
		return markup`<text class="axis" x="${frame.left}" y="${top + 2}">${row.name}, ${quantileText(QUANTILES[row.quantile])}</text>${base}${candidate}`;
	});
	return markup`${xAxis(frame, ticks, "milliseconds")}${blocks}`;
}

function lane(
	style: ReturnType<typeof sideStyle>,
	runs: (number | null)[],
	median: number | null,
	x: (value: number) => number,
	y: number,
	frame: Frame,
): Markup {
	const marks = runs.filter((value) => value !== null).map((value) => markerAt(style, x(value), y));
	const middle =
		median === null ? "" : markup`<path class="line ${style.colour}" d="M${x(median)} ${y - 12}v24"/>`;
	return markup`<text class="label ${style.colour}" x="${frame.left - 10}" y="${y + 4}" text-anchor="end">${style.name}</text><g class="see-through">${marks}</g>${middle}`;
}

function listed(runs: (number | null)[]): string {
	return runs.map(showMs).join(", ");
}
