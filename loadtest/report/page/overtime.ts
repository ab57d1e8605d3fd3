/** Latency over time: a panel for each transport, a band from p10 to p90 around p50, and a validity strip. */
import type { GeneratorWindow, Result } from "../../record/result.ts";
import { counted } from "../number.ts";
import { type Chart, pathThrough, ticksOn, xAxis } from "./chart.ts";
import { type Look, lookOf } from "./look.ts";
import { type Markup, markup } from "./markup.ts";
import { type Frame, linear, linearTicks, logAxis, logarithmic, type Scale, tickText } from "./scale.ts";
import { type Bin, binsOf, binWidth, secondsOf } from "./seconds.ts";

interface Track {
	look: Look;
	/** Bins in unbroken runs: between slots of other groups a line is not drawn. */
	stretches: Bin[][];
}

interface Panel {
	name: string;
	tracks: Track[];
}

const PANEL = 104;
const GAP = 26;
const STRIP = 56;

/** The chart, or undefined where no second held enough samples. */
export function overtime(result: Result): Chart | undefined {
	const paths = result.plan.paths.map((path) => path.name);
	const transports = [...new Set(result.groups.map((group) => group.transport))];
	const width = binWidth(result);
	const panels = transports.map((name) => ({
		name,
		tracks: result.groups
			.filter((group) => group.transport === name)
			.map((group) => ({
				look: lookOf(group.transport, paths, group.path),
				stretches: stretchesOf(binsOf(result, group), width),
			})),
	}));
	const bins = panels.flatMap((panel) => panel.tracks.flatMap((track) => track.stretches.flat()));
	if (!bins.some((bin) => bin.p50 !== null)) return undefined;
	const tainted = result.generator.filter((window) => window.tainted).length;
	const height = 34 + panels.length * (PANEL + GAP) + STRIP + 48;
	const frame = { height, top: 34, bottom: 48 };
	return {
		id: "overtime",
		title: "Did it stay the same? Response time in milliseconds over the run",
		description: `${panels.length} panels over ${counted(secondsOf(result), "second")}; ${counted(tainted, "second")} tainted by the generator; ${counted(sumOf(bins), "message")} timed out`,
		caption: `Line: median of each ${width === 1 ? "second" : `${width} s`}; band: p10 to p90; ✕ above: messages that hit the time limit. The groups take turns, so each has data in its own slots. The strip below shows the generator: a tall filled mark is a second in which it was too busy to be believed.`,
		draw: (each) => draw(each, result, panels, bins),
		wide: { width: 980, left: 56, right: 20, ...frame },
		narrow: { width: 400, left: 44, right: 12, ...frame },
	};
}

function sumOf(bins: Bin[]): number {
	return bins.reduce((sum, bin) => sum + bin.timedOut, 0);
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
		.flatMap((bin) => [bin.p10 ?? bin.p50, bin.p90 ?? bin.p50])
		.filter((value) => value !== null);
	const axis = logAxis(values.map((value) => Math.max(0.001, value)));
	const rows = panels.map((panel, at) => panelAt(frame, panel, x, axis, frame.top + at * (PANEL + GAP)));
	const stripTop = frame.top + panels.length * (PANEL + GAP);
	const ticks = ticksOn(x, linearTicks(0, end, frame.width > 600 ? 10 : 5), tickText);
	return markup`${xAxis(frame, ticks, "seconds of the run")}${rows}${strip(frame, result.generator, x, stripTop)}`;
}

function panelAt(
	frame: Frame,
	panel: Panel,
	x: Scale,
	axis: ReturnType<typeof logAxis>,
	top: number,
): Markup {
	const y = logarithmic(axis.domain, [top + PANEL, top]);
	const right = frame.width - frame.right;
	const lines = ticksOn(y, ends(axis.ticks), tickText).map(
		({ at, text }) =>
			markup`<line class="grid" x1="${frame.left}" x2="${right}" y1="${at}" y2="${at}"/><text class="tick" x="${frame.left - 8}" y="${at + 4}" text-anchor="end">${text}</text>`,
	);
	const keys = panel.tracks.map(
		({ look }, at) =>
			markup`<path class="line ${look.colour}" stroke-dasharray="${look.dash}" d="M${frame.left + at * 170} ${top - 9}h22"/><text class="label ${look.colour}" x="${frame.left + at * 170 + 28}" y="${top - 5}">${look.name}</text>`,
	);
	return markup`${lines}${panel.tracks.map((track) => thread(track, x, y))}${panel.tracks.map((track) => track.stretches.map((bins) => stretchAt(track.look, bins, x, y, top)))}${keys}`;
}

/** A thin line from slot to slot, for the eye to follow where another group was measured. */
function thread(track: Track, x: Scale, y: Scale): Markup {
	const points = track.stretches
		.flat()
		.filter((bin) => bin.p50 !== null)
		.map((bin): [number, number] => [x(bin.second + 0.5), y(bin.p50 ?? 0)]);
	return markup`<path class="thread ${track.look.colour}" d="${pathThrough(points)}"/>`;
}

function stretchAt(look: Look, bins: Bin[], x: Scale, y: Scale, top: number): Markup {
	const at = (bin: Bin) => x(bin.second + 0.5);
	const whole = bins.filter((bin) => bin.p10 !== null && bin.p90 !== null);
	const upper = whole.map((bin): [number, number] => [at(bin), y(bin.p90 ?? 0)]);
	const lower = whole.map((bin): [number, number] => [at(bin), y(bin.p10 ?? 0)]).reverse();
	const band =
		whole.length > 1
			? markup`<path class="band ${look.colour}" d="${pathThrough([...upper, ...lower])}Z"/>`
			: whole.map(
					(bin) =>
						markup`<line class="whisker ${look.colour}" x1="${at(bin)}" x2="${at(bin)}" y1="${y(bin.p10 ?? 0)}" y2="${y(bin.p90 ?? 0)}"/>`,
				);
	const middle = bins
		.filter((bin) => bin.p50 !== null)
		.map((bin): [number, number] => [at(bin), y(bin.p50 ?? 0)]);
	const [first] = middle;
	const line =
		middle.length === 1 && first !== undefined
			? markup`<circle class="mark ${look.colour}" cx="${first[0]}" cy="${first[1]}" r="2.5"/>`
			: markup`<path class="line ${look.colour}" stroke-dasharray="${look.dash}" d="${pathThrough(middle)}"/>`;
	const crosses = bins
		.filter((bin) => bin.timedOut > 0)
		.map(
			(bin) =>
				markup`<text class="fault" x="${at(bin)}" y="${top + 9}" text-anchor="middle">✕<title>${counted(bin.timedOut, "message")} timed out</title></text>`,
		);
	return markup`${band}${line}${crosses}`;
}

function strip(frame: Frame, windows: GeneratorWindow[], x: Scale, top: number): Markup {
	const wide = Math.max(1, x(1) - x(0) - 1);
	const cells = windows.map((window) => {
		const late = window.due > 0 && window.late / window.due > 0.05;
		const [mark, height] = window.tainted ? ["tainted", 22] : late ? ["lateish", 14] : ["clean", 6];
		return markup`<rect class="${mark}" x="${x(window.second)}" y="${top + 28 - height}" width="${wide.toFixed(1)}" height="${height}"/>`;
	});
	const tainted = windows.filter((window) => window.tainted).length;
	const words =
		windows.length === 0
			? "no self-check was recorded"
			: tainted === 0
				? "no second tainted"
				: `${tainted} of ${counted(windows.length, "second")} tainted`;
	return markup`<text class="axis" x="${frame.left}" y="${top}">generator's self-check: ${words}</text>${cells}`;
}

function ends(ticks: number[]): number[] {
	return ticks.length <= 4 ? ticks : ticks.filter((_, at) => at % 2 === 0);
}
