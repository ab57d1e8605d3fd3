/** The statistics on simulated runs whose true values are known. Seeded, so every test run simulates the same. */
import { expect, test } from "vitest";
import { runsNeeded } from "../../../../loadtest/compare/statistics/power.ts";
import { noiseOf } from "../../../../loadtest/compare/statistics/shift.ts";
import { judge } from "../../../../loadtest/compare/verdict.ts";
import { randomFrom } from "../../../../loadtest/plan/random.ts";
import { runQuantiles, SCATTER } from "../../../support/report/noise.ts";
import { judgedPairs, powerAt, share, singleRunAlarms } from "../../../support/report/trials.ts";

const PAIRS = 200;
/** 2 s of arithmetic on a free processor, longer beside other tests. */
const TIMEOUT_MS = 60_000;

test(
	"of 200 pairs of equal sides with autocorrelated samples the test alone calls at most 7 % different",
	() => {
		const verdicts = judgedPairs(PAIRS, 1, SCATTER, 0, 101);
		expect(share(verdicts, ["better", "worse"])).toBeLessThanOrEqual(0.07);
	},
	TIMEOUT_MS,
);

test(
	"of 200 pairs of equal sides none is a false alarm with a 10 % margin",
	() => {
		const verdicts = judgedPairs(PAIRS, 1, SCATTER, 0.1, 102);
		expect(share(verdicts, ["better", "worse"])).toBe(0);
		expect(share(verdicts, ["same"])).toBeGreaterThan(0.5);
	},
	TIMEOUT_MS,
);

test(
	"20 % slower is found in at least 90 % of 200 pairs at 3 % noise between runs",
	() => {
		const verdicts = judgedPairs(PAIRS, 1.2, SCATTER, 0.1, 103);
		expect(share(verdicts, ["worse"])).toBeGreaterThanOrEqual(0.9);
	},
	TIMEOUT_MS,
);

test(
	"at 16 % noise five runs per side give the verdict unclear, never same or better",
	() => {
		const verdicts = judgedPairs(PAIRS, 1.2, { ...SCATTER, between: 0.16 }, 0.1, 104);
		expect(share(verdicts, ["unclear"])).toBeGreaterThan(0.7);
		expect(share(verdicts, ["same", "better"])).toBe(0);
	},
	TIMEOUT_MS,
);

test("at 16 % noise the finding names about 76 runs per side, as theory predicts", () => {
	const ratio = { estimate: 1.2, low: 0.95, high: 1.5, confidence: 0.95 };
	const finding = judge({ ratio, p: 0.2, noise: 0.16, margin: 0.1, short: undefined });
	expect(finding.verdict).toBe("unclear");
	// 2 · ((1.96 + 1.28) · 0.16)² ÷ 0.955 ÷ (ln 1.2 − ln 1.1)² = 74.4, and one to spare.
	expect(finding.next).toContain("Make about 76 runs per side");
});

test(
	"the advised number of runs finds the difference in about nine of ten tries",
	() => {
		const found = powerAt(0.08, runsNeeded(0.08, 1.2, 0.1), PAIRS, 105);
		expect(found).toBeGreaterThan(0.84);
		expect(found).toBeLessThan(0.97);
	},
	TIMEOUT_MS,
);

test(
	"one run per side gives false alarms, so its verdict is always indicative",
	() => {
		expect(singleRunAlarms(30, SCATTER, 1000)).toBeGreaterThan(0.4);
		const ratio = { estimate: 1.5, low: 1.4, high: 1.6, confidence: 0.95 };
		const short = "1 run per side, but a verdict needs 5";
		expect(judge({ ratio, p: 1, noise: Number.NaN, margin: 0.1, short }).verdict).toBe("indicative");
	},
	TIMEOUT_MS,
);

test(
	"the simulated runs scatter by the 3 % that the tests above assume, at p50 and p99",
	() => {
		const random = randomFrom(107);
		const runs = Array.from({ length: 300 }, () => runQuantiles(900, SCATTER, random));
		expect(noiseOf(runs.map((run) => run.p99))).toBeGreaterThan(0.027);
		expect(noiseOf(runs.map((run) => run.p99))).toBeLessThan(0.033);
		expect(noiseOf(runs.map((run) => run.p50))).toBeGreaterThan(0.022);
	},
	TIMEOUT_MS,
);
