/** Rows of a comparison: ratio and interval of each quantile and, for the primary metrics, a verdict. */
import type { Metric, Transport } from "../record/result.ts";
import { showCount } from "../report/values/number.ts";
import { QUANTILE_NAMES, QUANTILES, type QuantileName, sampleFor } from "../report/values/quantile.ts";
import { type Estimate, estimatesOf } from "./estimate.ts";
import type { Pairing } from "./pairing.ts";
import type { Primary } from "./primary.ts";
import { holm, metricsForRuns, runsForMetrics } from "./statistics/holm.ts";
import { type Finding, judge } from "./verdict.ts";

/** One quantile of one pairing. Only primary metrics have a p (after Holm) and a finding. */
export interface ComparisonRow extends Estimate {
	name: string;
	transport: Transport;
	path: string;
	quantile: QuantileName;
	adjustedP: number | null;
	finding: Finding | null;
}

/** How to compare. */
export interface Terms {
	metric: Metric;
	/** 0.1 = 10 %. */
	margin: number;
	primaries: readonly Primary[];
	/** Why the runs cannot support a verdict, or undefined. */
	short: string | undefined;
}

/** All rows, pairing by pairing, one for each quantile. */
export function rowsOf(pairs: readonly Pairing[], terms: Terms): ComparisonRow[] {
	const rows = pairs.flatMap((pair) => rowsOfPair(pair, terms.metric));
	const primary = terms.primaries.flatMap(({ pair, quantile }) =>
		rows.filter((row) => row.name === pair.name && row.quantile === quantile),
	);
	const tested = primary.filter((row) => row.p !== null);
	const adjusted = new Map(holm(tested.map((row) => row.p ?? 1)).map((p, at) => [tested[at], p]));
	const runs = Math.min(...pairs.flatMap((pair) => [pair.candidate.length, pair.base.length]));
	const short = terms.short ?? tooManyPrimaries(primary.length, runs);
	return rows.map((row) => {
		if (!primary.includes(row)) return { ...row, p: null };
		const adjustedP = adjusted.get(row) ?? null;
		return { ...row, adjustedP, finding: findingOf({ ...row, adjustedP }, terms.margin, short) };
	});
}

/** Why there are too few runs for so many primary metrics; undefined when there are enough. */
function tooManyPrimaries(primaries: number, runs: number): string | undefined {
	if (primaries <= Math.max(1, metricsForRuns(runs))) return undefined;
	const needed = runsForMetrics(primaries);
	return `${primaries} primary metrics need ${needed} runs per side, but there are ${runs}, enough for ${metricsForRuns(runs)}`;
}

function rowsOfPair(pair: Pairing, metric: Metric): ComparisonRow[] {
	const { name, transport, path } = pair;
	const estimates = estimatesOf(
		pair,
		metric,
		QUANTILE_NAMES.map((quantile) => QUANTILES[quantile]),
	);
	return QUANTILE_NAMES.flatMap((quantile, at) => {
		const estimate = estimates[at];
		if (estimate === undefined) return [];
		return [{ ...estimate, name, transport, path, quantile, adjustedP: null, finding: null }];
	});
}

function findingOf(row: ComparisonRow, margin: number, short: string | undefined): Finding {
	if (row.ratio === null) {
		const needed = showCount(sampleFor(QUANTILES[row.quantile]));
		return {
			verdict: "unclear",
			reason: `not every run has the ${needed} samples that this quantile needs.`,
			next: "Make longer runs, or test a lower quantile (--primary).",
			runs: 0,
		};
	}
	const { ratio, adjustedP, noise } = row;
	return judge({ ratio, p: adjustedP ?? 1, noise: noise ?? Number.NaN, margin, short });
}
