/** How a line is drawn: colour and marker by transport, dash by path, so that colour never carries meaning alone. */
import { TRANSPORTS, type Transport } from "../../record/result.ts";
import { type Markup, markup } from "./markup.ts";

/** CSS class for the colour, SVG dash pattern, marker and name of one line. */
export interface LineStyle {
	colour: string;
	dash: string;
	marker: number;
	name: string;
}

/** Okabe and Ito's palette, distinguishable with every common colour blindness; a lighter set for dark pages. */
const LIGHT = ["#c04f00", "#8a6a00", "#0067a8", "#007a58", "#a8457f"];
const DARK = ["#ff8c4a", "#f0c14b", "#63b7f2", "#38c99c", "#ec9ac4"];
const DASHES = ["5 4", "none", "1 4", "10 4 2 4"];

/** The style of a transport on a path of the plan; a single path is drawn solid. */
export function lineStyle(transport: Transport, paths: readonly string[], path: string): LineStyle {
	const at = Math.max(0, paths.indexOf(path));
	const dash = paths.length === 1 ? "none" : (DASHES[at % DASHES.length] ?? "none");
	return {
		colour: `c-${transport}`,
		dash,
		marker: TRANSPORTS.indexOf(transport),
		name: `${transport} ${path}`,
	};
}

/** The two sides of a comparison: the new runs stand out, the base runs are muted. */
export function sideStyle(side: "new" | "base", name: string): LineStyle {
	return side === "new"
		? { colour: "c-new", dash: "none", marker: 2, name }
		: { colour: "c-base", dash: "5 4", marker: 0, name };
}

/** The colours as CSS variables, for light and for dark. */
export function colourCss(): { light: string; dark: string; classes: string } {
	const variables = (set: string[]) =>
		TRANSPORTS.map((transport, at) => `--${transport}:${set[at] ?? "#888"}`).join(";");
	const classes = TRANSPORTS.map((transport) => `.c-${transport}{--c:var(--${transport})}`).join("");
	return {
		light: `${variables(LIGHT)};--new:#c04f00;--base:#4b5b6b`,
		dark: `${variables(DARK)};--new:#ff8c4a;--base:#9fb0c0`,
		classes: `${classes}.c-new{--c:var(--new)}.c-base{--c:var(--base)}`,
	};
}

/** A transport's marker centred at a point: disc, square, diamond, triangle, ring. */
export function markerAt(style: LineStyle, x: number, y: number): Markup {
	const shape = [
		markup`<circle cx="${x}" cy="${y}" r="4"/>`,
		markup`<rect x="${x - 3.5}" y="${y - 3.5}" width="7" height="7"/>`,
		markup`<path d="M${x} ${y - 5}l5 5-5 5-5-5z"/>`,
		markup`<path d="M${x} ${y - 4.5}l4.8 8.4h-9.6z"/>`,
		markup`<circle cx="${x}" cy="${y}" r="3.2" class="ring"/>`,
	][style.marker];
	return markup`<g class="mark ${style.colour}">${shape ?? ""}</g>`;
}
