/** What all charts share: the figure around them, grid, axes, and labels that do not overlap. */
import { type Markup, markup } from "./markup.ts";
import { type Frame, round, type Scale } from "./scale.ts";

/** A chart drawn for wide and for narrow screens; CSS shows the one that fits, so text never shrinks. */
export interface Chart {
	id: string;
	title: string;
	/** What a person who cannot see it should know. */
	description: string;
	/** How to read it, in one or two sentences. */
	caption: string;
	draw(frame: Frame): Markup;
	wide: Frame;
	narrow: Frame;
}

/** A tick: where, and what it says. */
export interface Tick {
	at: number;
	text: string;
}

/** The figure with both drawings. Only the wide one is named to screen readers, lest all be read twice. */
export function figure(chart: Chart): Markup {
	return markup`<figure id="${chart.id}"><h3>${chart.title}</h3>${drawing(chart, "wide")}${drawing(chart, "narrow")}<figcaption>${chart.caption}</figcaption></figure>`;
}

/** Horizontal lines with their texts at the left. */
export function yAxis(frame: Frame, ticks: Tick[], title: string): Markup {
	const lines = ticks.map(
		({ at, text }) =>
			markup`<line class="grid" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${at}" y2="${at}"/><text class="tick" x="${frame.left - 8}" y="${at + 4}" text-anchor="end">${text}</text>`,
	);
	return markup`${lines}<text class="axis" x="${frame.left}" y="${frame.top - 10}" text-anchor="start">${title}</text>`;
}

/** Vertical lines with their texts below. */
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

/** Heights moved apart to at least `gap`, in the order given by height, inside [top, bottom] if they fit. */
export function spread(heights: number[], gap: number, top: number, bottom: number): number[] {
	const order = heights.map((_, at) => at).sort((a, b) => heights[a]! - heights[b]!);
	const moved = [...heights];
	let least = top;
	for (const at of order) {
		moved[at] = Math.max(moved[at]!, least);
		least = moved[at]! + gap;
	}
	let most = bottom;
	for (const at of order.reverse()) {
		moved[at] = Math.min(moved[at]!, most);
		most = moved[at]! - gap;
	}
	return moved.map(round);
}

function drawing(chart: Chart, size: "wide" | "narrow"): Markup {
	const frame = chart[size];
	const named =
		size === "wide"
			? markup`role="img" aria-label="${chart.title}. ${chart.description}"`
			: markup`aria-hidden="true"`;
	return markup`<svg class="${size}" ${named} viewBox="0 0 ${frame.width} ${frame.height}" width="${frame.width}" height="${frame.height}">${chart.draw(frame)}</svg>`;
}
