/** Many comparisons of simulated runs with known true values, seeded: how often does each verdict occur? */

import { mostSerious } from "../../../loadtest/compare/overall.ts";
import { drawnInterval, drawQuantiles } from "../../../loadtest/compare/statistics/bootstrap.ts";
import { holm } from "../../../loadtest/compare/statistics/holm.ts";
import { mannWhitney } from "../../../loadtest/compare/statistics/ranks.ts";
import { noiseOf, ratioOf } from "../../../loadtest/compare/statistics/shift.ts";
import { judge, type Verdict } from "../../../loadtest/compare/verdict.ts";
import { randomFrom } from "../../../loadtest/plan/random.ts";
import { runQuantiles, runRecord, type Scatter } from "./noise.ts";
import { normal } from "./results.ts";

const BASE_US = 900;

/** The verdict over p50 and p99 of 5 against 5 runs in each of `pairs` trials; `ratio` is the true ratio. */
export function judgedPairs(
	pairs: number,
	ratio: number,
	scatter: Scatter,
	margin: number,
	seed: number,
): Verdict[] {
	const random = randomFrom(seed);
	return Array.from({ length: pairs }, () => {
		const side = (level: number) => Array.from({ length: 5 }, () => runQuantiles(level, scatter, random));
		const candidate = side(BASE_US * ratio);
		const base = side(BASE_US);
		const both = (["p50", "p99"] as const).map((name) => ({
			candidate: candidate.map((run) => run[name]),
			base: base.map((run) => run[name]),
		}));
		const ps = holm(both.map((each) => mannWhitney(each.candidate, each.base)));
		const verdicts = both.map((each, at) => {
			const noise = noiseOf(each.candidate, each.base);
			const ratioSeen = ratioOf(each.candidate, each.base);
			return judge({ ratio: ratioSeen, p: ps[at] ?? 1, noise, margin, short: undefined }).verdict;
		});
		return mostSerious(verdicts.map((verdict) => ({ verdict })))!.verdict;
	});
}

/** The share of verdicts that are among the given ones. */
export function share(verdicts: readonly Verdict[], among: readonly Verdict[]): number {
	return verdicts.filter((verdict) => among.includes(verdict)).length / verdicts.length;
}

/** How often the resampled interval of the p50 ratio of two equal single runs excludes 1. */
export function singleRunAlarms(pairs: number, scatter: Scatter, seed: number): number {
	let alarms = 0;
	for (let pair = 0; pair < pairs; pair++) {
		const draws = [0, 1].map((side) =>
			drawQuantiles([runRecord(BASE_US, scatter, seed + 2 * pair + side)], [0.5], side),
		);
		const { low, high } = drawnInterval(draws[0] ?? [], draws[1] ?? [], 0, 1, (x, y) => x / y);
		if (low > 1 || high < 1) alarms += 1;
	}
	return alarms / pairs;
}

/** How often 20 % slower is found beyond a 10 % margin, by noise between runs and runs per side. */
export function powerAt(noise: number, runs: number, pairs: number, seed: number): number {
	const random = randomFrom(seed);
	const side = (level: number) =>
		Array.from({ length: runs }, () => level * Math.exp(noise * normal(random)));
	let found = 0;
	for (let pair = 0; pair < pairs; pair++) if (ratioOf(side(1.2), side(1)).low > 1.1) found += 1;
	return found / pairs;
}
