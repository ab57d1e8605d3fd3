/** Response time over the run: a panel per transport with p50, a p10–p90 band and p99, and the generator's self-check. */
import type { GeneratorWindow, Result } from "../../record/result.ts";
import { counted } from "../values/number.ts";
import { type Chart, gridLine, pathThrough, type Tick, ticksOn, xAxis } from "./chart.ts";
import { type LineStyle, lineStyle } from "./line-style.ts";
import { type Markup, markup } from "./markup.ts";
import { type Frame, linear, linearTicks, logAxis, logarithmic, type Scale, tickText } from "./scale.ts";
import { type Bin, binsOf, binWidth, secondsOf } from "./seconds.ts";

interface Track {
	style: LineStyle;
	/** Bins without a gap: no line is drawn across the slots of other groups. */
	stretches: Bin[][];
}

interface Panel {
	name: string;
	tracks: Track[];
}

const PANEL_HEIGHT = 150;
const PANEL_GAP = 30;
const STRIP_HEIGHT = 56;
const MAX_TICKS = 5;

/** The chart, or undefined where no second held enough samples. */
export function overTimeChart(result: Result): Chart | undefined {
	const paths = result.plan.paths.map((path) => path.name);
	const transports = [...new Set(result.groups.map((group) => group.transport))];
	const width = binWidth(result);
	const panels = transports.map((name) => ({
		name,
		tracks: result.groups
			.filter((group) => group.transport === name)
			.map((group) => ({
				style: lineStyle(group.transport, paths, group.path),
				stretches: stretchesOf(binsOf(result, group), width),
			})),
	}));
	const bins = panels.flatMap((panel) => panel.tracks.flatMap((track) => track.stretches.flat()));
	if (!bins.some((bin) => bin.p50 !== null)) return undefined;
	const tainted = result.generator.filter((window) => window.tainted).length;
	const timedOut = bins.reduce((sum, bin) => sum + bin.timedOut, 0);
	const height = 52 + panels.length * (PANEL_HEIGHT + PANEL_GAP) + STRIP_HEIGHT + 48;
	const frame = { height, top: 52, bottom: 48 };
	return {
		id: "over-time",
		title: "Was it steady? Response time over the run",
		description: `${panels.length} panels over ${counted(secondsOf(result), "second")}; ${counted(tainted, "second")} tainted by the generator; ${counted(timedOut, "message")} timed out`,
		caption: `Line: median of each ${width === 1 ? "second" : `${width} s`}. Band: p10 to p90. Dots: p99, where there are enough messages. ✕: messages that timed out. Groups take turns, so each has data in its own slots only; the thin line connects these slots. The bars at the bottom are the generator's self-check: a tall filled bar is a tainted second, in which the generator's own delays may be among the times.`,
		draw: (each) => draw(each, result, panels, bins),
		wide: { width: 980, left: 56, right: 20, ...frame },
		narrow: { width: 400, left: 44, right: 12, ...frame },
	};
}

function stretchesOf(bins: Bin[], width: number): Bin[][] {
	const stretches: Bin[][] = [];
	for (const bin of bins) {
		const last = stretches.at(-1);
		if (last !== undefined && bin.second - (last.at(-1)?.second ?? 0) <= width) last.push(bin);
		else stretches.push([bin]);
	}
	return stretches;
}

function draw(frame: Frame, result: Result, panels: Panel[], bins: Bin[]): Markup {
	const end = secondsOf(result);
	const x = linear([0, end], [frame.left, frame.width - frame.right]);
	const values = bins
		.flatMap((bin) => [bin.p10 ?? bin.p50, bin.p90 ?? bin.p50, bin.p99])
		.filter((value) => value !== null);
	const axis = logAxis(values.map((value) => Math.max(0.001, value)));
	const panelTop = (at: number) => frame.top + at * (PANEL_HEIGHT + PANEL_GAP);
	const rows = panels.map((panel, at) => panelAt(frame, panel, x, axis, panelTop(at)));
	const ticks = ticksOn(x, linearTicks(0, end, frame.width > 600 ? 10 : 5), tickText);
	return markup`<text class="axis" x="${frame.left}" y="16">response time, milliseconds (logarithmic)</text>${xAxis(frame, ticks, "seconds since the start of measurement")}${rows}${selfCheckStrip(frame, result.generator, x, panelTop(panels.length))}`;
}

function panelAt(
	frame: Frame,
	panel: Panel,
	x: Scale,
	axis: ReturnType<typeof logAxis>,
	top: number,
): Markup {
	const y = logarithmic(axis.domain, [top + PANEL_HEIGHT, top]);
	const lines = thinned(ticksOn(y, axis.ticks, tickText)).map((tick) => gridLine(frame, tick));
	const keys = panel.tracks.map(
		({ style }, at) =>
			markup`<path class="line ${style.colour}" stroke-dasharray="${style.dash}" d="M${frame.left + at * 170} ${top - 9}h22"/><text class="label ${style.colour}" x="${frame.left + at * 170 + 28}" y="${top - 5}">${style.name}</text>`,
	);
	const tracks = panel.tracks.map(
		(track) =>
			markup`${connector(track, x, y)}${track.stretches.map((bins) => stretchAt(track.style, bins, x, y, top))}`,
	);
	return markup`${lines}${tracks}${keys}`;
}

/** A thin line from slot to slot, to guide the eye past the slots of other groups. */
function connector(track: Track, x: Scale, y: Scale): Markup {
	const points = track.stretches
		.flat()
		.filter((bin) => bin.p50 !== null)
		.map((bin): [number, number] => [x(bin.second + 0.5), y(bin.p50 ?? 0)]);
	return markup`<path class="connector ${track.style.colour}" d="${pathThrough(points)}"/>`;
}

function stretchAt(style: LineStyle, bins: Bin[], x: Scale, y: Scale, top: number): Markup {
	const at = (bin: Bin) => x(bin.second + 0.5);
	const points = (name: "p10" | "p50" | "p90" | "p99") =>
		bins.filter((bin) => bin[name] !== null).map((bin): [number, number] => [at(bin), y(bin[name] ?? 0)]);
	const dots = points("p99").map(
		([cx, cy]) => markup`<circle class="dot ${style.colour}" cx="${cx}" cy="${cy}" r="2"/>`,
	);
	const crosses = bins
		.filter((bin) => bin.timedOut > 0)
		.map(
			(bin) =>
				markup`<text class="fault" x="${at(bin)}" y="${top + 9}" text-anchor="middle">✕<title>${counted(bin.timedOut, "message")} timed out</title></text>`,
		);
	return markup`${band(style, points("p10"), points("p90"))}${medianLine(style, points("p50"))}${dots}${crosses}`;
}

function band(style: LineStyle, lower: [number, number][], upper: [number, number][]): Markup | Markup[] {
	if (upper.length > 1)
		return markup`<path class="band ${style.colour}" d="${pathThrough([...upper, ...lower.reverse()])}Z"/>`;
	return upper.map(
		([x, y]) =>
			markup`<line class="whisker ${style.colour}" x1="${x}" x2="${x}" y1="${lower[0]?.[1] ?? y}" y2="${y}"/>`,
	);
}

function medianLine(style: LineStyle, points: [number, number][]): Markup {
	const [first] = points;
	if (points.length === 1 && first !== undefined)
		return markup`<circle class="mark ${style.colour}" cx="${first[0]}" cy="${first[1]}" r="2.5"/>`;
	return markup`<path class="line ${style.colour}" stroke-dasharray="${style.dash}" d="${pathThrough(points)}"/>`;
}

function selfCheckStrip(frame: Frame, windows: GeneratorWindow[], x: Scale, top: number): Markup {
	const width = Math.max(1, x(1) - x(0) - 1);
	const bars = windows.map((window) => {
		const [mark, height] = window.tainted ? ["tainted", 22] : ["clean", 6];
		return markup`<rect class="${mark}" x="${x(window.second)}" y="${top + 28 - height}" width="${width.toFixed(1)}" height="${height}"/>`;
	});
	const tainted = windows.filter((window) => window.tainted).length;
	const finding =
		windows.length === 0
			? "not recorded"
			: tainted === 0
				? "no tainted seconds"
				: `${tainted} of ${counted(windows.length, "second")} tainted`;
	return markup`<text class="axis" x="${frame.left}" y="${top}">generator self-check: ${finding}</text>${bars}`;
}

/** Every second tick where there are too many for the height of a panel. */
function thinned(ticks: Tick[]): Tick[] {
	return ticks.length <= MAX_TICKS ? ticks : ticks.filter((_, at) => at % 2 === 0);
}
