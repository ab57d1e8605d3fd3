/** The chart to zoom, where JavaScript runs: uPlot inlined, and the data it draws. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Result } from "../../record/result.ts";
import { lookOf } from "./look.ts";
import { asMarkup, type Markup, markup } from "./markup.ts";
import { type Bin, binsOf, binWidth, secondsOf } from "./seconds.ts";

/** uPlot 1.6 (MIT) and our few lines that call it, in the order they must run. */
export const ZOOM_SCRIPTS: string[] = [
	`/*! uPlot, MIT licence, github.com/leeoniya/uPlot */${readFileSync(fileURLToPath(import.meta.resolve("uplot/dist/uPlot.iife.min.js")), "utf8")}`,
	readFileSync(new URL("./zoom-page.js", import.meta.url), "utf8"),
];
export const ZOOM_STYLES: string[] = [
	readFileSync(fileURLToPath(import.meta.resolve("uplot/dist/uPlot.min.css")), "utf8"),
];

const QUANTILES = ["p50", "p90", "p99"] as const;

/** The empty place, hidden until the script fills it, and its data. */
export function zoomPlace(result: Result): Markup {
	const data = JSON.stringify(zoomData(result)).replaceAll("<", "\\u003c");
	return markup`<section id="zoom" class="screen" hidden><h3>Look closer: drag to zoom, double-click to go back</h3><label>Percentile <select>${QUANTILES.map((name) => markup`<option>${name}</option>`)}</select></label><div></div></section><script type="application/json" id="sticky-edge-seconds">${asMarkup(data)}</script>`;
}

/** Aligned columns: seconds, and for each group its quantiles at them, null where it was not measured. */
export function zoomData(result: Result) {
	const width = binWidth(result);
	const paths = result.plan.paths.map((path) => path.name);
	const seconds = Array.from({ length: Math.ceil(secondsOf(result) / width) }, (_, at) => at * width);
	const series = result.groups.map((group) => {
		const bins = new Map(binsOf(result, group).map((bin) => [bin.second, bin]));
		const look = lookOf(group.transport, paths, group.path);
		const column = (name: (typeof QUANTILES)[number]) =>
			seconds.map((second) => quantileIn(bins.get(second), name));
		return {
			name: look.name,
			colour: group.transport,
			dash: look.dash === "none" ? [] : look.dash.split(" ").map(Number),
			p50: column("p50"),
			p90: column("p90"),
			p99: column("p99"),
		};
	});
	return { seconds, series };
}

function quantileIn(bin: Bin | undefined, name: (typeof QUANTILES)[number]): number | null {
	return bin?.[name] ?? null;
}
