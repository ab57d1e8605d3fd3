/** Every run as a mark: what the test saw, so that a reader can judge the spread with own eyes. */
import { counted, showMs } from "../../report/number.ts";
import { type Chart, ticksOn, xAxis } from "../../report/page/chart.ts";
import { markerAt, sideLook } from "../../report/page/look.ts";
import { type Markup, markup } from "../../report/page/markup.ts";
import { type Frame, linear, linearTicks, tickText } from "../../report/page/scale.ts";
import type { Section } from "../assemble.ts";
import type { ComparisonRow } from "../comparison.ts";
import { quantileText } from "../tables.ts";

const LANE = 30;
const BLOCK = 2 * LANE + 34;

/** One block for each tested row, base above new; undefined where nothing was tested. */
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
					`${row.name} ${quantileText(row)}: ${section.baseName} ${listed(row.baseRuns)}; ${section.candidateName} ${listed(row.candidateRuns)}`,
			)
			.join(". "),
		caption: `Each mark is one run (${counted(rows[0]?.candidateRuns.length ?? 0, "run")} of ${section.candidateName}); the upright line is the median of a side.`,
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
		const base = lane(sideLook("base", section.baseName), row.baseRuns, row.base, x, top + 26, frame);
		const candidate = lane(
			sideLook("new", section.candidateName),
			row.candidateRuns,
			row.candidate,
			x,
			top + 26 + LANE,
			frame,
		);
		return markup`<text class="axis" x="${frame.left}" y="${top + 2}">${row.name}, ${quantileText(row)}</text>${base}${candidate}`;
	});
	return markup`${xAxis(frame, ticks, "milliseconds")}${blocks}`;
}

function lane(
	look: ReturnType<typeof sideLook>,
	runs: (number | null)[],
	median: number | null,
	x: (value: number) => number,
	y: number,
	frame: Frame,
): Markup {
	const marks = runs.filter((value) => value !== null).map((value) => markerAt(look, x(value), y));
	const middle =
		median === null ? "" : markup`<path class="line ${look.colour}" d="M${x(median)} ${y - 12}v24"/>`;
	return markup`<text class="label ${look.colour}" x="${frame.left - 10}" y="${y + 4}" text-anchor="end">${look.name}</text><g class="see-through">${marks}</g>${middle}`;
}

function listed(runs: (number | null)[]): string {
	return runs.map(showMs).join(", ");
}
