/** Numbers formatted for people. Every function takes the unit that its name or doc line states. */

/** Printed where the sample is too small for a figure. */
export const NOT_AVAILABLE = "n/a";

/** Microseconds to milliseconds, rounded to the whole microsecond that was measured. */
export function milliseconds(micros: number): number {
	return Math.round(micros) / 1000;
}

/** Milliseconds in three significant digits (the histogram's own error is 0.4 %): 0.31, 4.07, 18.2, 1,240. */
export function showMs(value: number | null): string {
	if (value === null) return NOT_AVAILABLE;
	const size = Math.abs(value);
	return grouped(value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

/** A difference in milliseconds with its sign: +0.31, −4.07, ±0.00. */
export function showAddedMs(value: number | null): string {
	if (value === null) return NOT_AVAILABLE;
	const text = showMs(Math.abs(value));
	if (Number(text) === 0) return `±${text}`;
	return `${value < 0 ? "−" : "+"}${text}`;
}

/** A whole number with thousands separators: 12,400. */
export function showCount(value: number): string {
	return grouped(value, 0);
}

/** Events per second, one decimal below 100. */
export function showRate(value: number): string {
	return grouped(value, value < 100 ? 1 : 0);
}

/** A share from 0 to 1 as a percentage; only 0 itself is shown as 0 %. */
export function showShare(value: number): string {
	if (value === 0) return "0 %";
	const percent = value * 100;
	if (percent < 0.01) return "<0.01 %";
	return `${grouped(percent, percent < 1 ? 2 : percent < 10 ? 1 : 0)} %`;
}

/** A share near 1 as a percentage that still differs from 100 %: 97.4 %, 99.83 %. */
export function showNearShare(value: number): string {
	if (value === 1) return "100 %";
	const decimals = value < 0.99 ? 1 : 2;
	const step = 10 ** decimals;
	return `${(Math.floor(value * 100 * step + 1e-9) / step).toLocaleString("en-US", { maximumFractionDigits: decimals })} %`;
}

/** Bytes in powers of 1,000: 812 B, 4.1 kB, 12 MB. */
export function showBytes(bytes: number): string {
	const units = ["B", "kB", "MB", "GB", "TB"];
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit += 1;
	}
	return `${grouped(value, unit > 0 && value < 9.95 ? 1 : 0)} ${units[unit]}`;
}

/** US dollars to the cent; less than a cent is "<$0.01". */
export function showDollars(value: number): string {
	if (value > 0 && value < 0.005) return "<$0.01";
	return `$${grouped(value, 2)}`;
}

/** Any figure in three significant digits, whole numbers in full: 0.0124, 3.5, 1,240. */
export function showFigure(value: number): string {
	return Number.isInteger(value) || Math.abs(value) >= 1000
		? grouped(value, 0)
		: value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

/** `1 run`, `5 runs`: a count with its noun. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
	return `${showCount(value)} ${value === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
	if (items.length < 2) return items.join("");
	return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

function grouped(value: number, decimals: number): string {
	return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
