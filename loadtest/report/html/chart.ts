/** What all charts share: the figure around them, grid, axes, and labels that do not overlap. */
import { type Markup, markup } from "./markup.ts";
import { type Frame, round, type Scale } from "./scale.ts";

/** A chart drawn for wide and for narrow screens; CSS shows the one that fits, so text never shrinks. */
export interface Chart {
	id: string;
	title: string;
	/** The main figures in words, for people who cannot see the chart. */
	description: string;
	/** How to read it, in one or two sentences. */
	caption: string;
	draw(frame: Frame): Markup;
	wide: Frame;
	narrow: Frame;
}

/** A tick: its position in pixels and its label. */
export interface Tick {
	at: number;
	text: string;
}

/** The figure with both drawings, or nothing where there is no chart. */
export function figure(chart: Chart | undefined): Markup | string {
	if (chart === undefined) return "";
	return markup`<figure id="${chart.id}"><h3>${chart.title}</h3>${drawing(chart, "wide")}${drawing(chart, "narrow")}<figcaption>${chart.caption}</figcaption></figure>`;
}

/** One horizontal grid line with its label at the left. */
export function gridLine(frame: Frame, { at, text }: Tick): Markup {
	return markup`<line class="grid" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${at}" y2="${at}"/><text class="tick" x="${frame.left - 8}" y="${at + 4}" text-anchor="end">${text}</text>`;
}

/** Horizontal grid lines under a title. */
export function yAxis(frame: Frame, ticks: Tick[], title: string): Markup {
	return markup`${ticks.map((tick) => gridLine(frame, tick))}<text class="axis" x="${frame.left}" y="${frame.top - 10}" text-anchor="start">${title}</text>`;
}

/** Vertical grid lines with their labels below, and a title. */
export function xAxis(frame: Frame, ticks: Tick[], title: string): Markup {
	const bottom = frame.height - frame.bottom;
	const lines = ticks.map(
		({ at, text }) =>
			markup`<line class="grid" x1="${at}" x2="${at}" y1="${frame.top}" y2="${bottom}"/><text class="tick" x="${at}" y="${bottom + 18}" text-anchor="middle">${text}</text>`,
	);
	return markup`${lines}<text class="axis" x="${frame.width - frame.right}" y="${bottom + 36}" text-anchor="end">${title}</text>`;
}

/** Ticks of a scale. */
export function ticksOn(scale: Scale, values: number[], text: (value: number) => string): Tick[] {
	return values.map((value) => ({ at: scale(value), text: text(value) }));
}

/** An SVG path through points in pixels. */
export function pathThrough(points: [number, number][]): string {
	return points.map(([x, y], at) => `${at === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
}

/** Label heights moved at least `gap` apart, in their order, inside [top, bottom] if they fit. */
export function spreadLabels(heights: number[], gap: number, top: number, bottom: number): number[] {
	const order = heights.map((_, at) => at).sort((a, b) => heights[a]! - heights[b]!);
	const moved = [...heights];
	let lowest = top;
	for (const at of order) {
		moved[at] = Math.max(moved[at]!, lowest);
		lowest = moved[at]! + gap;
	}
	let highest = bottom;
	for (const at of order.reverse()) {
		moved[at] = Math.min(moved[at]!, highest);
		highest = moved[at]! - gap;
	}
	return moved.map(round);
}

/** Only the wide drawing is named for screen readers: both would be read twice. */
function drawing(chart: Chart, size: "wide" | "narrow"): Markup {
	const frame = chart[size];
	const named =
		size === "wide"
			? markup`role="img" aria-label="${chart.title}. ${chart.description}"`
			: markup`aria-hidden="true"`;
	return markup`<svg class="${size}" ${named} viewBox="0 0 ${frame.width} ${frame.height}" width="${frame.width}" height="${frame.height}">${chart.draw(frame)}</svg>`;
}
