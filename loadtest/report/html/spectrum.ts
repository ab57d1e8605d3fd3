/** The percentile spectrum: latency over log 1/(1−q), one line per transport and path. */
import { Histogram } from "../../record/histogram.ts";
import type { Metric, Result } from "../../record/result.ts";
import { milliseconds, showMs } from "../values/number.ts";
import { quantileText, sampleFor } from "../values/quantile.ts";
import { type Chart, pathThrough, spreadLabels, ticksOn, xAxis, yAxis } from "./chart.ts";
import { type LineStyle, lineStyle, markerAt } from "./line-style.ts";
import { type Markup, markup } from "./markup.ts";
import { type Frame, linear, logAxis, logarithmic, type Scale, tickText } from "./scale.ts";

/** A line of the spectrum: x is log10 of 1/(1−q), y milliseconds. */
interface Line {
	style: LineStyle;
	points: [number, number][];
	median: number;
}

/** The fastest tenth is left out: it would take half of the height, and the chart is about slow answers. */
const FIRST_QUANTILE = 0.1;
const NAMED_QUANTILES = [FIRST_QUANTILE, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];
const STEPS_PER_DECADE = 24;

/** Response times of a run, one line per group; undefined where no group has enough samples for a line. */
export function spectrum(result: Result, metric: Metric = "ack"): Chart | undefined {
	const paths = result.plan.paths.map((path) => path.name);
	const sources = result.groups.flatMap((group) => {
		const record = group.metrics[metric]?.histogram;
		if (record === undefined) return [];
		return [
			{ style: lineStyle(group.transport, paths, group.path), histogram: Histogram.fromRecord(record) },
		];
	});
	return spectrumOf(sources, "How slow are the slowest answers? Response time by percentile");
}

/** The same chart for any histograms. */
export function spectrumOf(
	sources: { style: LineStyle; histogram: Histogram }[],
	title: string,
): Chart | undefined {
	const lines = sources.flatMap(({ style, histogram }) => {
		const points = pointsOf(histogram);
		return points.length < 2 ? [] : [{ style, points, median: milliseconds(histogram.quantile(0.5)) }];
	});
	if (lines.length === 0) return undefined;
	const legendHeight = Math.ceil(lines.length / 2) * 17;
	return {
		id: "spectrum",
		title,
		description: lines.map((line) => `${line.style.name}: median ${showMs(line.median)} ms`).join("; "),
		caption:
			"Lower is better. Answers further right are rarer and slower. Both axes are logarithmic. A line ends where its sample becomes too small for the percentile.",
		draw: (frame) => draw(frame, lines),
		wide: { width: 980, height: 420, left: 56, right: 190, top: 34, bottom: 48 },
		narrow: {
			width: 400,
			height: 370 + legendHeight,
			left: 44,
			right: 14,
			top: 34,
			bottom: 54 + legendHeight,
		},
	};
}

function pointsOf(histogram: Histogram): [number, number][] {
	const points: [number, number][] = [];
	for (let step = 0; ; step++) {
		const x = position(FIRST_QUANTILE) + step / STEPS_PER_DECADE;
		const quantile = 1 - 10 ** -x;
		if (histogram.count < sampleFor(quantile)) return points;
		points.push([x, Math.max(0.001, milliseconds(histogram.quantile(quantile)))]);
	}
}

function draw(frame: Frame, lines: Line[]): Markup {
	const all = lines.flatMap((line) => line.points);
	const xEnd = Math.max(...all.map(([x]) => x));
	const { domain, ticks } = logAxis(all.map(([, y]) => y));
	const x = linear([position(FIRST_QUANTILE), xEnd], [frame.left, frame.width - frame.right]);
	const y = logarithmic(domain, [frame.height - frame.bottom, frame.top]);
	const named = NAMED_QUANTILES.filter((quantile) => position(quantile) <= xEnd + 1e-9);
	// On a narrow chart the labels of p10 and p50 would overlap.
	const quantiles = frame.width > 600 ? named : named.slice(1);
	return markup`
${yAxis(frame, ticksOn(y, ticks, tickText), "milliseconds")}
${xAxis(
	frame,
	quantiles.map((quantile) => ({ at: x(position(quantile)), text: quantileText(quantile) })),
	"percentile",
)}
${lines.map((line) => lineAt(line, x, y))}
${frame.right > 100 ? endLabels(frame, lines, x, y) : legend(frame, lines)}`;
}

function lineAt(line: Line, x: Scale, y: Scale): Markup {
	const points = line.points.map(([at, value]): [number, number] => [x(at), y(value)]);
	const [lastX, lastY] = points.at(-1) ?? [0, 0];
	return markup`<path class="line ${line.style.colour}" stroke-dasharray="${line.style.dash}" d="${pathThrough(points)}"/>${markerAt(line.style, lastX, lastY)}`;
}

function endLabels(frame: Frame, lines: Line[], x: Scale, y: Scale): Markup {
	const ends = lines.map((line): [number, number] => line.points.at(-1) ?? [0, 1]);
	const heights = spreadLabels(
		ends.map(([, value]) => y(value)),
		17,
		frame.top,
		frame.height - frame.bottom,
	);
	const right = frame.width - frame.right;
	return markup`${lines.map((line, at) => {
		const [endX, endY] = ends[at] ?? [0, 1];
		const height = heights[at] ?? 0;
		const leader = `M${x(endX) + 6} ${y(endY)}L${right + 10} ${height}L${right + 14} ${height}`;
		return markup`<path class="leader" d="${leader}"/><text class="label ${line.style.colour}" x="${right + 18}" y="${height + 4}">${line.style.name}</text>`;
	})}`;
}

function legend(frame: Frame, lines: Line[]): Markup {
	const top = frame.height - frame.bottom + 56;
	const column = (frame.width - 10) / 2;
	return markup`${lines.map((line, at) => {
		const x = 6 + (at % 2) * column;
		const y = top + Math.floor(at / 2) * 17;
		return markup`<path class="line ${line.style.colour}" stroke-dasharray="${line.style.dash}" d="M${x} ${y}h26"/>${markerAt(line.style, x + 13, y)}<text class="label ${line.style.colour}" x="${x + 33}" y="${y + 4}">${line.style.name}</text>`;
	})}`;
}

function position(quantile: number): number {
	return -Math.log10(1 - quantile);
}
