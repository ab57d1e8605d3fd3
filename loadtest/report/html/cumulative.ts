/** Cumulative curves of fan-out and recovery: the share that had arrived, over time. */
import { Histogram } from "../../record/histogram.ts";
import type { Metric, Result } from "../../record/result.ts";
import { milliseconds, showMs } from "../values/number.ts";
import { type Chart, pathThrough, ticksOn, xAxis, yAxis } from "./chart.ts";
import { type LineStyle, lineStyle } from "./line-style.ts";
import { type Markup, markup } from "./markup.ts";
import { type Frame, linear, logAxis, logarithmic, tickText } from "./scale.ts";

interface Curve {
	name: string;
	style: LineStyle;
	/** Milliseconds, and the share from 0 to 1 that took at most that long. */
	points: [number, number][];
	median: number;
}

const FANOUT: [Metric, string][] = [
	["fanout_first", "first"],
	["fanout_median", "median"],
	["fanout_last", "last"],
];

/** How fast a broadcast reaches the first, the median and the last recipient; undefined when not measured. */
export function fanoutChart(result: Result): Chart | undefined {
	const curves = FANOUT.flatMap(([metric, word], step) => curvesOf(result, metric, ` ${word}`, step));
	return chartOf(
		"fanout",
		"How fast does a broadcast spread? Share of broadcasts that have arrived",
		curves,
		"Further left is faster. One line each for the first, the median and the last recipient.",
	);
}

/** How fast cut sessions recover; undefined when not measured. */
export function recoveryChart(result: Result): Chart | undefined {
	const curves = curvesOf(result, "recover", "", undefined);
	return chartOf(
		"recovery",
		"How fast do clients recover? Share of cut sessions that have had an ack since the cut",
		curves,
		"Sessions that never recovered are not in the curve; the delivery table counts them.",
	);
}

function curvesOf(result: Result, metric: Metric, suffix: string, step: number | undefined): Curve[] {
	const paths = result.plan.paths.map((path) => path.name);
	return result.groups.flatMap((group) => {
		const record = group.metrics[metric]?.histogram;
		if (record === undefined || record.count === 0) return [];
		const own = lineStyle(group.transport, paths, group.path);
		const style = step === undefined ? own : { ...own, dash: ["2 3", "7 4", "none"][step] ?? "none" };
		const histogram = Histogram.fromRecord(record);
		const points: [number, number][] = [[milliseconds(histogram.min), 0]];
		let seen = 0;
		for (const bucket of histogram.buckets()) {
			seen += bucket.count;
			points.push([
				Math.max(0.001, milliseconds(Math.min(histogram.max, bucket.lowest + bucket.width - 1))),
				seen / histogram.count,
			]);
		}
		return [{ name: `${own.name}${suffix}`, style, points, median: milliseconds(histogram.quantile(0.5)) }];
	});
}

function chartOf(id: string, title: string, curves: Curve[], caption: string): Chart | undefined {
	if (curves.length === 0) return undefined;
	const rows = Math.ceil(curves.length / 2);
	const wideRows = Math.ceil(curves.length / 4);
	return {
		id,
		title,
		description: curves.map((curve) => `${curve.name}: half within ${showMs(curve.median)} ms`).join("; "),
		caption,
		draw: (frame) => draw(frame, curves),
		wide: {
			width: 980,
			height: 330 + wideRows * 18,
			left: 56,
			right: 20,
			top: 34,
			bottom: 62 + wideRows * 18,
		},
		narrow: { width: 400, height: 330 + rows * 18, left: 44, right: 12, top: 34, bottom: 62 + rows * 18 },
	};
}

function draw(frame: Frame, curves: Curve[]): Markup {
	const times = curves.flatMap((curve) => curve.points.map(([time]) => time)).filter((time) => time > 0);
	const { domain, ticks } = logAxis(times);
	const x = logarithmic(domain, [frame.left, frame.width - frame.right]);
	const y = linear([0, 1], [frame.height - frame.bottom, frame.top]);
	const lines = curves.map(
		({ style, points }) =>
			markup`<path class="line ${style.colour}" stroke-dasharray="${style.dash}" d="${pathThrough(points.map(([time, share]) => [x(time), y(share)]))}"/>`,
	);
	const perRow = frame.width > 600 ? 4 : 2;
	const keys = curves.map(({ name, style }, at) => {
		const left = frame.left + (at % perRow) * ((frame.width - frame.left) / perRow);
		const top = frame.height - frame.bottom + 58 + Math.floor(at / perRow) * 18;
		return markup`<path class="line ${style.colour}" stroke-dasharray="${style.dash}" d="M${left} ${top}h24"/><text class="label ${style.colour}" x="${left + 30}" y="${top + 4}">${name}</text>`;
	});
	return markup`${yAxis(
		frame,
		ticksOn(y, [0, 0.25, 0.5, 0.75, 1], (share) => `${share * 100} %`),
		"share of all",
	)}${xAxis(frame, ticksOn(x, ticks, tickText), "milliseconds")}${lines}${keys}`;
}
