/** The statistics against runs whose truth is known. Seeded: every run of this file draws the same. */
import { expect, test } from "vitest";
import { drawnInterval, drawQuantiles } from "../../../loadtest/compare/bootstrap.ts";
import { holm } from "../../../loadtest/compare/holm.ts";
import { runsNeeded } from "../../../loadtest/compare/power.ts";
import { mannWhitney } from "../../../loadtest/compare/ranks.ts";
import { noiseOf, ratioOf } from "../../../loadtest/compare/shift.ts";
import { judge, type Verdict } from "../../../loadtest/compare/verdict.ts";
import { randomFrom } from "../../../loadtest/plan/random.ts";
import { runQuantiles, runRecord, SCATTER, type Scatter } from "../../support/report-noise.ts";
import { normal } from "../../support/report-results.ts";

const PAIRS = 200;
/** Milliseconds: 2 s of arithmetic on a free processor, more on one that other tests use. */
const PATIENCE = 60_000;

test(
	"of 200 pairs of like sides with autocorrelated samples at most 7 % differ by the test alone",
	() => {
		const verdicts = judged(1, SCATTER, 0, 101);
		expect(share(verdicts, ["better", "worse"])).toBeLessThanOrEqual(0.07);
	},
	PATIENCE,
);

test(
	"of 200 pairs of like sides none of the verdicts with a 10 % margin is a false alarm",
	() => {
		const verdicts = judged(1, SCATTER, 0.1, 102);
		expect(share(verdicts, ["better", "worse"])).toBe(0);
		expect(share(verdicts, ["same"])).toBeGreaterThan(0.5);
	},
	PATIENCE,
);

test(
	"20 % slower is found in at least 90 % of 200 pairs at 3 % noise between runs",
	() => {
		const verdicts = judged(1.2, SCATTER, 0.1, 103);
		expect(share(verdicts, ["worse"])).toBeGreaterThanOrEqual(0.9);
	},
	PATIENCE,
);

test(
	"at 16 % noise five runs a side say unclear, not same and not better",
	() => {
		const verdicts = judged(1.2, { ...SCATTER, between: 0.16 }, 0.1, 104);
		expect(share(verdicts, ["unclear"])).toBeGreaterThan(0.7);
		expect(share(verdicts, ["same", "better"])).toBe(0);
	},
	PATIENCE,
);

test(
	"the number of runs advised finds the difference in about nine of ten tries",
	() => {
		const noise = 0.08;
		const runs = runsNeeded(noise, 1.2, 0.1);
		const random = randomFrom(105);
		const side = (level: number) =>
			Array.from({ length: runs }, () => level * Math.exp(noise * normal(random)));
		let found = 0;
		for (let pair = 0; pair < PAIRS; pair++) if (ratioOf(side(1.2), side(1)).low > 1.1) found += 1;
		expect(found / PAIRS).toBeGreaterThan(0.84);
		expect(found / PAIRS).toBeLessThan(0.97);
	},
	PATIENCE,
);

test(
	"one run a side would cry wolf, and so is called indicative whatever its interval says",
	() => {
		let alarms = 0;
		for (let pair = 0; pair < 30; pair++) {
			const [a, b] = [0, 1].map((side) =>
				runRecord(900, { ...SCATTER, between: 0.05 }, 1000 + 2 * pair + side),
			);
			const draws = [a, b].map((run, side) => drawQuantiles(run === undefined ? [] : [run], [0.5], side));
			const { low, high } = drawnInterval(draws[0] ?? [], draws[1] ?? [], 0, 1, (x, y) => x / y);
			if (low > 1 || high < 1) alarms += 1;
			const evidence = {
				ratio: { estimate: 1, low, high, confidence: 0.95 },
				p: 1,
				noise: Number.NaN,
				margin: 0.1,
			};
			expect(judge({ ...evidence, short: "1 run a side, a verdict needs 5" }).verdict).toBe("indicative");
		}
		expect(alarms / 30).toBeGreaterThan(0.4);
	},
	PATIENCE,
);

test(
	"the simulated runs scatter by the 3 % that the tests above speak of, at p50 and at p99",
	() => {
		const random = randomFrom(107);
		const runs = Array.from({ length: 300 }, () => runQuantiles(900, SCATTER, random));
		expect(noiseOf(runs.map((run) => run.p99))).toBeGreaterThan(0.027);
		expect(noiseOf(runs.map((run) => run.p99))).toBeLessThan(0.033);
		expect(noiseOf(runs.map((run) => run.p50))).toBeGreaterThan(0.022);
	},
	PATIENCE,
);

/** The gravest verdict over p50 and p99 of 5 against 5 runs, `ratio` being the truth. */
function judged(ratio: number, scatter: Scatter, margin: number, seed: number): Verdict[] {
	const random = randomFrom(seed);
	return Array.from({ length: PAIRS }, () => {
		const side = (level: number) => Array.from({ length: 5 }, () => runQuantiles(level, scatter, random));
		const candidate = side(900 * ratio);
		const base = side(900);
		const both = (["p50", "p99"] as const).map((name) => ({
			candidate: candidate.map((run) => run[name]),
			base: base.map((run) => run[name]),
		}));
		const ps = holm(both.map((each) => mannWhitney(each.candidate, each.base)));
		const verdicts = both.map((each, at) => {
			const noise = noiseOf(each.candidate, each.base);
			const evidence = {
				ratio: ratioOf(each.candidate, each.base),
				p: ps[at] ?? 1,
				noise,
				margin,
				short: undefined,
			};
			return judge(evidence).verdict;
		});
		return verdicts.find((each) => each === "worse") ?? verdicts.find((each) => each !== "same") ?? "same";
	});
}

function share(verdicts: Verdict[], among: Verdict[]): number {
	return verdicts.filter((verdict) => among.includes(verdict)).length / verdicts.length;
}
