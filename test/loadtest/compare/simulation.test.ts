/** The statistics against runs whose truth is known. Seeded: every run of this file draws the same. */
import { expect, test } from "vitest";
import { runsNeeded } from "../../../loadtest/compare/power.ts";
import { noiseOf } from "../../../loadtest/compare/shift.ts";
import { judge } from "../../../loadtest/compare/verdict.ts";
import { randomFrom } from "../../../loadtest/plan/random.ts";
import { runQuantiles, SCATTER } from "../../support/report/noise.ts";
import { judgedPairs, powerAt, share, singleRunAlarms } from "../../support/report/trials.ts";

const PAIRS = 200;
/** Milliseconds: 2 s of arithmetic on a free processor, more on one that other tests use. */
const PATIENCE = 60_000;

test(
	"of 200 pairs of like sides with autocorrelated samples at most 7 % differ by the test alone",
	() => {
		const verdicts = judgedPairs(PAIRS, 1, SCATTER, 0, 101);
		expect(share(verdicts, ["better", "worse"])).toBeLessThanOrEqual(0.07);
	},
	PATIENCE,
);

test(
	"of 200 pairs of like sides none of the verdicts with a 10 % margin is a false alarm",
	() => {
		const verdicts = judgedPairs(PAIRS, 1, SCATTER, 0.1, 102);
		expect(share(verdicts, ["better", "worse"])).toBe(0);
		expect(share(verdicts, ["same"])).toBeGreaterThan(0.5);
	},
	PATIENCE,
);

test(
	"20 % slower is found in at least 90 % of 200 pairs at 3 % noise between runs",
	() => {
		const verdicts = judgedPairs(PAIRS, 1.2, SCATTER, 0.1, 103);
		expect(share(verdicts, ["worse"])).toBeGreaterThanOrEqual(0.9);
	},
	PATIENCE,
);

test(
	"at 16 % noise five runs a side say unclear, not same and not better",
	() => {
		const verdicts = judgedPairs(PAIRS, 1.2, { ...SCATTER, between: 0.16 }, 0.1, 104);
		expect(share(verdicts, ["unclear"])).toBeGreaterThan(0.7);
		expect(share(verdicts, ["same", "better"])).toBe(0);
	},
	PATIENCE,
);

test("at 16 % noise the finding names about 75 runs a side, the number that theory asks for", () => {
	const ratio = { estimate: 1.2, low: 0.95, high: 1.5, confidence: 0.95 };
	const finding = judge({ ratio, p: 0.2, noise: 0.16, margin: 0.1, short: undefined });
	expect(finding.verdict).toBe("unclear");
	// 2 · ((1.96 + 1.28) · 0.16)² ÷ 0.955 ÷ (ln 1.2 − ln 1.1)² = 74.4, and one to spare.
	expect(finding.next).toContain("Make about 76 runs per side");
});

test(
	"the number of runs advised finds the difference in about nine of ten tries",
	() => {
		const found = powerAt(0.08, runsNeeded(0.08, 1.2, 0.1), PAIRS, 105);
		expect(found).toBeGreaterThan(0.84);
		expect(found).toBeLessThan(0.97);
	},
	PATIENCE,
);

test(
	"one run a side would cry wolf, and so is called indicative whatever its interval says",
	() => {
		expect(singleRunAlarms(30, SCATTER, 1000)).toBeGreaterThan(0.4);
		const ratio = { estimate: 1.5, low: 1.4, high: 1.6, confidence: 0.95 };
		const short = "1 run per side, but a verdict needs 5";
		expect(judge({ ratio, p: 1, noise: Number.NaN, margin: 0.1, short }).verdict).toBe("indicative");
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
