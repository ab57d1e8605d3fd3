/** Formats numbers and text for HTML. */

/** Escapes text for HTML, attribute values included. */
export function escaped(text: string): string {
	return text
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll('"', "&quot;");
}

/** A whole number with separated thousands. */
export function integer(value: number): string {
	return Math.round(value)
		.toString()
		.replace(/\B(?=(\d{3})+$)/g, " ");
}

/** A rate; small ones with decimals. */
export function rate(value: number): string {
	return value >= 10 ? integer(value) : value.toFixed(value > 0 && value < 1 ? 2 : 1).replace(/\.0+$/, "");
}

export function bytes(value: number): string {
	if (value < 1000) return `${value}`;
	const power = Math.min(4, Math.floor(Math.log10(value) / 3));
	return `${(value / 1000 ** power).toFixed(1)} ${" kMGT"[power]}B`;
}

/** A duration in its two largest units. */
export function ago(seconds: number): string {
	if (seconds < 60) return `${Math.round(seconds)} s`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
	if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
	return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

export function percent(share: number): string {
	return `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : 1)} %`;
}
