/**
 * The exact binomial distribution: how sure a share is, and which order statistics enclose a quantile. Neither assumes
 * anything about how the times are distributed.
 */

/** The chance that at least `k` of `n` come out when each does with chance `p`. */
export function chanceOfAtLeast(k: number, n: number, p: number): number {
	if (k <= 0) return 1;
	if (k > n || p <= 0) return 0;
	if (p >= 1) return 1;
	return regularisedBeta(p, k, n - k + 1);
}

/** The Clopper-Pearson interval of a share when `k` of `n` came out; `alpha` is the chance to miss it. */
export function shareInterval(k: number, n: number, alpha: number): { low: number; high: number } {
	return {
		low: k === 0 ? 0 : bisect((p) => chanceOfAtLeast(k, n, p) > alpha / 2),
		high: k === n ? 1 : bisect((p) => 1 - chanceOfAtLeast(k + 1, n, p) <= alpha / 2),
	};
}

/**
 * The ranks (from 1) of the sorted values that enclose a quantile. A rank of 0 or `n + 1` lies beyond all values: there
 * are too few for that end.
 */
export function quantileRanks(n: number, quantile: number, alpha: number): { low: number; high: number } {
	const isHigh = (rank: number) => chanceOfAtLeast(rank, n, quantile) <= alpha / 2;
	const isAboveLow = (rank: number) => 1 - chanceOfAtLeast(rank, n, quantile) > alpha / 2;
	return { low: firstRank(n, isAboveLow) - 1, high: firstRank(n, isHigh) };
}

/** The first rank from 1 to `n + 1` for which a condition holds, which holds for all after it. */
function firstRank(n: number, holds: (rank: number) => boolean): number {
	let [below, at] = [0, n + 1];
	while (at - below > 1) {
		const middle = Math.floor((below + at) / 2);
		if (holds(middle)) at = middle;
		else below = middle;
	}
	return at;
}

/** The value from 0 to 1 from which on a condition holds. */
function bisect(holds: (value: number) => boolean): number {
	let [below, at] = [0, 1];
	for (let step = 0; step < 60; step++) {
		const middle = (below + at) / 2;
		if (holds(middle)) at = middle;
		else below = middle;
	}
	return (below + at) / 2;
}

/** The regularised incomplete beta function I_x(a, b). */
function regularisedBeta(x: number, a: number, b: number): number {
	const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
	// The continued fraction converges quickly only below the mean.
	return x < (a + 1) / (a + b + 2)
		? (front * betaFraction(x, a, b)) / a
		: 1 - (front * betaFraction(1 - x, b, a)) / b;
}

const TINY = 1e-300;
const PRECISION = 1e-14;
/** Enough for a hundred million values: it takes about as many steps as their square root. */
const MAX_STEPS = 50_000;

/** The continued fraction of the incomplete beta function by Lentz's method (https://dlmf.nist.gov/8.17#v). */
function betaFraction(x: number, a: number, b: number): number {
	let c = 1;
	let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
	let value = d;
	for (let m = 1; m <= MAX_STEPS; m++) {
		const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
		d = 1 / nonZero(1 + even * d);
		c = nonZero(1 + even / c);
		value *= d * c;
		const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
		d = 1 / nonZero(1 + odd * d);
		c = nonZero(1 + odd / c);
		value *= d * c;
		if (Math.abs(d * c - 1) < PRECISION) break;
	}
	return value;
}

function nonZero(value: number): number {
	return Math.abs(value) < TINY ? TINY : value;
}

const LANCZOS = [
	0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
	12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** The logarithm of the gamma function for values from 1 on, by Lanczos' approximation. */
function logGamma(value: number): number {
	const x = value - 1;
	const t = x + 7.5;
	const sum = LANCZOS.reduce((total, each, i) => (i === 0 ? each : total + each / (x + i)), 0);
	return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}
