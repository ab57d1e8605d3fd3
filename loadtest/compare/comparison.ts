/** From two sides of runs to rows with ratio, interval and, for the primary metrics, a verdict. */
import type { Group, Metric, Transport } from "../record/result.ts";
import { showCount } from "../report/number.ts";
import { QUANTILE_NAMES, QUANTILES, type QuantileName, quantileMs, sampleFor } from "../report/quantile.ts";
import { type Draws, drawnInterval, drawQuantiles } from "./bootstrap.ts";
import { holm, LEAST_RUNS, metricsForRuns, runsForMetrics } from "./holm.ts";
import type { Pairing } from "./pairing.ts";
import type { Primary } from "./primary.ts";
import { mannWhitney } from "./ranks.ts";
import { type Interval, median, noiseOf, ratioOf, shiftOf } from "./shift.ts";
import { type Finding, judge } from "./verdict.ts";

/** One quantile of one pairing. Times in milliseconds; null where the runs cannot support it. */
export interface ComparisonRow {
	name: string;
	transport: Transport;
	path: string;
	quantile: QuantileName;
	/** The value of each run. */
	candidateRuns: (number | null)[];
	baseRuns: (number | null)[];
	candidate: number | null;
	base: number | null;
	ratio: Interval | null;
	added: Interval | null;
	/** Standard deviation of the logarithm between runs; null with one run a side. */
	noise: number | null;
	/** Exact p before and after Holm; only the primary metrics are tested. */
	p: number | null;
	adjustedP: number | null;
	finding: Finding | null;
}

/** What to compare by. */
export interface Terms {
	metric: Metric;
	/** 0.1 = 10 %. */
	margin: number;
	primaries: readonly Primary[];
	/** Why the runs carry no verdict, or undefined. */
	short: string | undefined;
}

/** All rows, pairings in their order, four quantiles each. */
export function rowsOf(pairs: readonly Pairing[], terms: Terms): ComparisonRow[] {
	const rows = pairs.flatMap((pair, at) => rowsOfPair(pair, terms.metric, at));
	const primary = terms.primaries.flatMap(({ pair, quantile }) =>
		rows.filter((row) => row.name === pair.name && row.quantile === quantile),
	);
	const tested = primary.filter((row) => row.p !== null);
	const adjusted = holm(tested.map((row) => row.p ?? 1));
	tested.forEach((row, at) => {
		row.adjustedP = adjusted[at] ?? 1;
	});
	const runs = Math.min(...pairs.map((pair) => Math.min(pair.candidate.length, pair.base.length)));
	const short = terms.short ?? tooMany(primary.length, runs);
	for (const row of primary) row.finding = findingOf(row, terms, short);
	for (const row of rows) if (!primary.includes(row)) row.p = null;
	return rows;
}

/** Why so many primary metrics need more runs than there are; undefined when they do not. */
export function tooMany(primaries: number, runs: number): string | undefined {
	if (primaries <= Math.max(1, metricsForRuns(runs))) return undefined;
	const needed = runsForMetrics(primaries);
	return `Indicative: ${primaries} primary metrics need ${needed} runs a side, there are ${runs}, which carry ${metricsForRuns(runs)}`;
}

function rowsOfPair(pair: Pairing, metric: Metric, salt: number): ComparisonRow[] {
	const few = Math.min(pair.candidate.length, pair.base.length) < LEAST_RUNS;
	const draws = few ? drawBoth(pair, metric, salt) : undefined;
	return QUANTILE_NAMES.map((quantile, at) => {
		const candidateRuns = valuesOf(pair.candidate, metric, quantile);
		const baseRuns = valuesOf(pair.base, metric, quantile);
		const row: ComparisonRow = { ...blank(pair, quantile), candidateRuns, baseRuns };
		const candidate = candidateRuns.filter((value) => value !== null);
		const base = baseRuns.filter((value) => value !== null);
		if (candidate.length === candidateRuns.length) row.candidate = median(candidate);
		if (base.length === baseRuns.length) row.base = median(base);
		if (row.candidate === null || row.base === null || Math.min(...base, ...candidate) <= 0) return row;
		return {
			...row,
			...(draws === undefined
				? byRuns(candidate, base)
				: byDraws(draws, at, row.candidate, row.base, candidate, base)),
		};
	});
}

function byRuns(candidate: number[], base: number[]): Partial<ComparisonRow> {
	const ratio = ratioOf(candidate, base);
	return {
		ratio,
		added: shiftOf(candidate, base),
		noise: noiseOf(candidate, base),
		p: mannWhitney(candidate, base),
	};
}

function byDraws(
	draws: { candidate: Draws; base: Draws },
	at: number,
	candidate: number,
	base: number,
	candidateRuns: number[],
	baseRuns: number[],
): Partial<ComparisonRow> {
	const noise = noiseOf(candidateRuns, baseRuns);
	return {
		ratio: drawnInterval(draws.candidate, draws.base, at, candidate / base, (x, y) => x / y),
		added: drawnInterval(draws.candidate, draws.base, at, candidate - base, (x, y) => (x - y) / 1000),
		noise: Number.isNaN(noise) ? null : noise,
	};
}

function drawBoth(pair: Pairing, metric: Metric, salt: number): { candidate: Draws; base: Draws } {
	const quantiles = QUANTILE_NAMES.map((name) => QUANTILES[name]);
	const records = (groups: Group[]) => groups.flatMap((group) => group.metrics[metric] ?? []);
	return {
		candidate: drawQuantiles(records(pair.candidate), quantiles, 2 * salt),
		base: drawQuantiles(records(pair.base), quantiles, 2 * salt + 1),
	};
}

function findingOf(row: ComparisonRow, terms: Terms, short: string | undefined): Finding {
	if (row.ratio === null) {
		const needed = showCount(sampleFor(QUANTILES[row.quantile]));
		return {
			verdict: "unclear",
			reason: `Not every run has the ${needed} samples that this quantile needs.`,
			next: "Make longer runs, or test a lower quantile (--primary).",
		};
	}
	return judge({
		ratio: row.ratio,
		p: row.adjustedP ?? 1,
		noise: row.noise ?? Number.NaN,
		margin: terms.margin,
		short,
	});
}

function valuesOf(groups: Group[], metric: Metric, quantile: QuantileName): (number | null)[] {
	return groups.map((group) => {
		const histogram = group.metrics[metric]?.histogram;
		return histogram === undefined ? null : quantileMs(histogram, QUANTILES[quantile]);
	});
}

function blank(pair: Pairing, quantile: QuantileName): ComparisonRow {
	const { name, transport, path } = pair;
	const none = {
		candidate: null,
		base: null,
		ratio: null,
		added: null,
		noise: null,
		p: null,
		adjustedP: null,
		finding: null,
	};
	return { name, transport, path, quantile, candidateRuns: [], baseRuns: [], ...none };
}
