/** Ratio by percentile with its interval, and the margin as a shaded band. */
import type { Metric } from "../record/result.ts";
import { type Chart, pathThrough, ticksOn, xAxis, yAxis } from "../report/html/chart.ts";
import { markerAt, sideStyle } from "../report/html/line-style.ts";
import { type Markup, markup } from "../report/html/markup.ts";
import { type Frame, logarithmic, type Scale } from "../report/html/scale.ts";
import { quantileText } from "../report/values/quantile.ts";
import type { Section } from "./comparison.ts";
import { estimatesOf } from "./estimate.ts";
import type { Pairing } from "./pairing.ts";
import type { Interval } from "./statistics/shift.ts";
import { change } from "./verdict.ts";

const CHART_QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999];
const TICKS = [0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20, 50];

interface Point {
	text: string;
	ratio: Interval;
}

/** The chart of one pairing; undefined where no quantile has an interval. */
export function ratioChart(
	pair: Pairing,
	section: Section,
	metric: Metric,
	margin: number,
): Chart | undefined {
	const points = estimatesOf(pair, metric, CHART_QUANTILES).flatMap(({ ratio }, at) =>
		ratio === null ? [] : [{ text: quantileText(CHART_QUANTILES[at] ?? 0), ratio }],
	);
	if (points.length === 0) return undefined;
	const frame = { height: 320, top: 40, bottom: 48 };
	return {
		id: `ratio-${pair.transport}-${pair.path}`.replaceAll(/[^A-Za-z0-9-]/g, "-"),
		title: `How much slower or faster? ${pair.name}, ratio by percentile`,
		description: points.map(({ text, ratio }) => `${text}: ${change(ratio.estimate)}`).join("; "),
		caption:
			"Above 1 is slower. Vertical lines are 95 % intervals. The shaded band is the margin: a point whose whole interval lies inside it is the same for practical purposes.",
		draw: (each) => draw(each, points, margin, `${section.candidateName} ÷ ${section.baseName}`),
		wide: { width: 980, left: 56, right: 20, ...frame },
		narrow: { width: 400, left: 44, right: 12, ...frame },
	};
}

function draw(frame: Frame, points: Point[], margin: number, title: string): Markup {
	const max = Math.max(1 + margin, ...points.map(({ ratio }) => ratio.high)) * 1.05;
	const min = Math.min(1 / (1 + margin), ...points.map(({ ratio }) => ratio.low)) / 1.05;
	const y = logarithmic([min, max], [frame.height - frame.bottom, frame.top]);
	const step = (frame.width - frame.left - frame.right) / points.length;
	const x = (at: number) => Math.round(frame.left + (at + 0.5) * step);
	const right = frame.width - frame.right;
	const ticks = apart(
		ticksOn(
			y,
			TICKS.filter((tick) => tick >= min && tick <= max),
			String,
		),
	);
	const marginBand = markup`<rect class="margin" x="${frame.left}" width="${right - frame.left}" y="${y(1 + margin)}" height="${y(1 / (1 + margin)) - y(1 + margin)}"/>`;
	const ratio1 = markup`<line class="ratio1" x1="${frame.left}" x2="${right}" y1="${y(1)}" y2="${y(1)}"/>`;
	const quantiles = points.map(({ text }, at) => ({ at: x(at), text }));
	const joined = pathThrough(points.map(({ ratio }, at) => [x(at), y(ratio.estimate)]));
	return markup`${marginBand}${yAxis(frame, ticks, title)}${xAxis(frame, quantiles, "percentile")}${ratio1}<path class="connector c-new" d="${joined}"/>${points.map((point, at) => pointAt(point, x(at), y, step > 60))}`;
}

function pointAt({ ratio }: Point, x: number, y: Scale, named: boolean): Markup {
	const [low, high] = [y(ratio.low), y(ratio.high)];
	const bar = `M${x - 6} ${high}h12M${x} ${high}V${low}M${x - 6} ${low}h12`;
	const name = named
		? markup`<text class="label c-new" x="${x + 9}" y="${y(ratio.estimate) - 5}">${ratio.estimate.toFixed(2)}</text>`
		: "";
	return markup`<path class="line c-new" d="${bar}"/>${markerAt(sideStyle("new", ""), x, y(ratio.estimate))}${name}`;
}

/** Ticks at least 16 pixels apart, 1 always among them. */
function apart(ticks: { at: number; text: string }[]): { at: number; text: string }[] {
	const kept = ticks.filter((tick) => tick.text === "1");
	for (const tick of ticks) if (kept.every((other) => Math.abs(other.at - tick.at) >= 16)) kept.push(tick);
	return kept;
}
