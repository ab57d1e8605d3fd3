/** Scales and ticks of the charts: from data to pixels. */

/** The drawing area of a chart, in pixels of its own view box. */
export interface Frame {
	width: number;
	height: number;
	left: number;
	right: number;
	top: number;
	bottom: number;
}

export type Scale = (value: number) => number;

/** A linear scale from [from, to] to pixels [start, end]. */
export function linear([from, to]: [number, number], [start, end]: [number, number]): Scale {
	const span = to - from || 1;
	return (value) => round(start + ((value - from) / span) * (end - start));
}

/** A logarithmic scale; `from` and `to` must be positive. */
export function logarithmic([from, to]: [number, number], range: [number, number]): Scale {
	const inner = linear([Math.log10(from), Math.log10(to)], range);
	return (value) => inner(Math.log10(Math.max(value, from)));
}

/** 1, 2 and 5 times each power of ten in [from, to]; only the powers themselves over a wide range. */
export function logTicks(from: number, to: number): number[] {
	const ticks: number[] = [];
	const wide = Math.log10(to / from) > 3;
	for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
		for (const step of wide ? [1] : [1, 2, 5]) {
			const tick = Number((step * 10 ** power).toPrecision(1));
			if (tick >= from && tick <= to) ticks.push(tick);
		}
	}
	return ticks;
}

/** The domain of a logarithmic axis for these positive values, and its ticks. */
export function logAxis(values: readonly number[]): { domain: [number, number]; ticks: number[] } {
	const [min, max] = [Math.min(...values), Math.max(...values)];
	if (max / min > 4) {
		const domain: [number, number] = [roundOut(min, "below"), roundOut(max, "above")];
		return { domain, ticks: logTicks(...domain) };
	}
	// Over so narrow a range, powers of ten would give hardly any ticks.
	const around = linearTicks(min * 0.9, max * 1.1, 5);
	const step = (around[1] ?? max) - (around[0] ?? min) || max / 4;
	const from = Math.max(step / 2, Math.floor(min / step) * step);
	const domain: [number, number] = [from, Math.ceil(max / step) * step];
	return { domain, ticks: linearTicks(...domain, 6) };
}

/** About `wanted` round ticks in [from, to]. */
export function linearTicks(from: number, to: number, wanted: number): number[] {
	const span = to - from;
	if (span <= 0) return [from];
	const rough = span / wanted;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? power * 10;
	const ticks: number[] = [];
	for (let tick = Math.ceil(from / step) * step; tick <= to + step * 1e-9; tick += step)
		ticks.push(Number(tick.toPrecision(12)));
	return ticks;
}

/** The next 1, 2 or 5 times a power of ten at or below, or at or above, a value. */
export function roundOut(value: number, to: "below" | "above"): number {
	const power = 10 ** Math.floor(Math.log10(value));
	const steps = [1, 2, 5, 10].map((step) => step * power);
	if (to === "above") return steps.find((step) => step >= value * 0.999) ?? power * 10;
	return steps.filter((step) => step <= value * 1.001).at(-1) ?? power;
}

/** A tick's label: no trailing zeros, no exponent. */
export function tickText(value: number): string {
	return value.toLocaleString("en-US", { maximumFractionDigits: 3 });
}

/** Pixels to a tenth: smaller files, and finer steps are invisible. */
export function round(pixels: number): number {
	return Math.round(pixels * 10) / 10;
}
