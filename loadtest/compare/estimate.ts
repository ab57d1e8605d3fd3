/** One quantile on two sides: values of the runs, ratio and difference with their intervals. */
import { median } from "../record/median.ts";
import type { Group, Metric } from "../record/result.ts";
import { quantileMs } from "../report/values/quantile.ts";
import { hasFewRuns, type Pairing } from "./pairing.ts";
import { type Draws, drawnInterval, drawQuantiles } from "./statistics/bootstrap.ts";
import { mannWhitney } from "./statistics/ranks.ts";
import { type Interval, noiseOf, ratioOf, shiftOf } from "./statistics/shift.ts";

/** Times in milliseconds, null where a run is too small for the quantile; p is null where there are too few runs. */
export interface Estimate {
	/** The value of each run. */
	candidateRuns: (number | null)[];
	baseRuns: (number | null)[];
	candidate: number | null;
	base: number | null;
	/** Candidate ÷ base. */
	ratio: Interval | null;
	/** Candidate − base. */
	added: Interval | null;
	/** Standard deviation of the logarithm between runs; null with one run per side. */
	noise: number | null;
	/** Exact two-sided Mann-Whitney, not adjusted. */
	p: number | null;
}

/** Estimates for quantiles from 0 to 1: from the runs where there are enough, else by resampling seconds. */
export function estimatesOf(pair: Pairing, metric: Metric, quantiles: readonly number[]): Estimate[] {
	const records = (groups: Group[]) => groups.flatMap((group) => group.metrics[metric] ?? []);
	const draws = hasFewRuns(pair)
		? {
				candidate: drawQuantiles(records(pair.candidate), quantiles, 1),
				base: drawQuantiles(records(pair.base), quantiles, 2),
			}
		: undefined;
	return quantiles.map((quantile, at) => {
		const candidateRuns = valuesOf(pair.candidate, metric, quantile);
		const baseRuns = valuesOf(pair.base, metric, quantile);
		const candidate = candidateRuns.filter((value) => value !== null);
		const base = baseRuns.filter((value) => value !== null);
		const known = {
			candidateRuns,
			baseRuns,
			candidate: candidate.length === candidateRuns.length ? median(candidate) : null,
			base: base.length === baseRuns.length ? median(base) : null,
		};
		const none = { ratio: null, added: null, noise: null, p: null };
		if (known.candidate === null || known.base === null || Math.min(...base, ...candidate) <= 0)
			return { ...known, ...none };
		return {
			...known,
			...(draws === undefined ? byRuns(candidate, base) : byDraws(draws, at, candidate, base)),
		};
	});
}

type Measure = Pick<Estimate, "ratio" | "added" | "noise" | "p">;

function byRuns(candidate: number[], base: number[]): Measure {
	return {
		ratio: ratioOf(candidate, base),
		added: shiftOf(candidate, base),
		noise: noiseOf(candidate, base),
		p: mannWhitney(candidate, base),
	};
}

function byDraws(
	draws: { candidate: Draws; base: Draws },
	at: number,
	candidate: number[],
	base: number[],
): Measure {
	const noise = noiseOf(candidate, base);
	const [x, y] = [median(candidate), median(base)];
	return {
		ratio: drawnInterval(draws.candidate, draws.base, at, x / y, (a, b) => a / b),
		added: drawnInterval(draws.candidate, draws.base, at, x - y, (a, b) => (a - b) / 1000),
		noise: Number.isNaN(noise) ? null : noise,
		p: null,
	};
}

function valuesOf(groups: Group[], metric: Metric, quantile: number): (number | null)[] {
	return groups.map((group) => {
		const histogram = group.metrics[metric]?.histogram;
		return histogram === undefined ? null : quantileMs(histogram, quantile);
	});
}
