/** The exact Mann-Whitney test: whether two sets of runs differ, whatever their distribution. */

/**
 * Two-sided exact p: of all ways to divide the pooled values into two sides, the share whose rank sum is at
 * least as far from the middle as the observed one. Ties get mid-ranks, so p stays exact where quantised
 * medians coincide. Both sides must hold a value.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
	const doubled = doubledRanks([...a, ...b]);
	const seen = doubled.slice(0, a.length).reduce((sum, rank) => sum + rank, 0);
	const total = doubled.reduce((sum, rank) => sum + rank, 0);
	const middle = (total * a.length) / doubled.length;
	const far = Math.abs(seen - middle) - 1e-9;
	const ways = rankSumWays(doubled, a.length);
	let extreme = 0;
	let all = 0;
	ways.forEach((count, sum) => {
		all += count;
		if (Math.abs(sum - middle) >= far) extreme += count;
	});
	return extreme / all;
}

/** The smallest p that `n` against `m` runs can reach: every run of one side above every run of the other. */
export function leastP(n: number, m: number): number {
	return Math.min(1, 2 / waysToChoose(n + m, n));
}

/**
 * The distribution of U from 0 to n·m over all orders of n and m distinct values, as shares of 1. The recursion:
 * the largest value belongs to the first side in n of n + m orders, and then exceeds all m of the other side.
 */
export function distributionOfU(n: number, m: number): Float64Array {
	let before: Float64Array[] = Array.from({ length: m + 1 }, () => Float64Array.of(1));
	for (let i = 1; i <= n; i++) {
		const here: Float64Array[] = [Float64Array.of(1)];
		for (let j = 1; j <= m; j++) {
			const shares = new Float64Array(i * j + 1);
			const first = before[j]!;
			const second = here[j - 1]!;
			for (let u = 0; u < first.length; u++) shares[u + j] = (first[u]! * i) / (i + j);
			for (let u = 0; u < second.length; u++) shares[u] = shares[u]! + (second[u]! * j) / (i + j);
			here.push(shares);
		}
		before = here;
	}
	return before[m]!;
}

/** Binomial coefficient. */
export function waysToChoose(from: number, take: number): number {
	let ways = 1;
	for (let at = 1; at <= take; at++) ways = (ways * (from - take + at)) / at;
	return ways;
}

/** Ranks times two, so that mid-ranks are whole numbers. */
function doubledRanks(values: number[]): number[] {
	return values.map((value) => {
		const below = values.filter((other) => other < value).length;
		const equal = values.filter((other) => other === value).length;
		return 2 * below + equal + 1;
	});
}

/** For each sum: the number of ways in which `take` of the ranks add up to it. */
function rankSumWays(ranks: number[], take: number): Float64Array {
	const total = ranks.reduce((sum, rank) => sum + rank, 0);
	const table = Array.from({ length: take + 1 }, () => new Float64Array(total + 1));
	table[0]![0] = 1;
	for (const rank of ranks) {
		for (let taken = take; taken >= 1; taken--) {
			const less = table[taken - 1]!;
			const here = table[taken]!;
			for (let sum = total; sum >= rank; sum--) here[sum] = here[sum]! + less[sum - rank]!;
		}
	}
	return table[take]!;
}
