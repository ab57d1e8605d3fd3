/** The median, for values in any order and for sorted ones. */

/** The median of `values`; NaN when there are none. */
export function median(values: readonly number[]): number {
	return medianOfSorted([...values].sort((a, b) => a - b));
}

/** The median of values already in rising order; NaN when there are none. */
export function medianOfSorted(sorted: readonly number[]): number {
	const middle = sorted.length / 2;
	if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] ?? Number.NaN;
	return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
