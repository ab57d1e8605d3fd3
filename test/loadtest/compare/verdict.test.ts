import { expect, test } from "vitest";
import { exitCodeOf } from "../../../loadtest/compare/command.ts";
import { mostSerious } from "../../../loadtest/compare/overall.ts";
import { runsNeeded } from "../../../loadtest/compare/statistics/power.ts";
import type { Interval } from "../../../loadtest/compare/statistics/shift.ts";
import {
	change,
	changeWithin,
	type Evidence,
	judge,
	type Verdict,
} from "../../../loadtest/compare/verdict.ts";

const at = (estimate: number, low: number, high: number): Interval => ({
	estimate,
	low,
	high,
	confidence: 0.95,
});
const evidence = (changes: Partial<Evidence>): Evidence => ({
	ratio: at(1, 0.99, 1.01),
	p: 0.5,
	noise: 0.03,
	margin: 0.1,
	short: undefined,
	...changes,
});

test.each<[string, Partial<Evidence>, Verdict]>([
	[
		"all of the interval beyond the margin and significant",
		{ ratio: at(1.2, 1.15, 1.25), p: 0.016 },
		"worse",
	],
	["all beyond the margin on the fast side", { ratio: at(0.8, 0.77, 0.83), p: 0.016 }, "better"],
	["all within the margin", { ratio: at(1.02, 0.97, 1.06) }, "same"],
	["significant but within the margin", { ratio: at(1.05, 1.03, 1.08), p: 0.008 }, "same"],
	["significant, reaching over the margin's edge", { ratio: at(1.12, 1.05, 1.2), p: 0.016 }, "unclear"],
	["beyond the margin but not significant", { ratio: at(1.2, 1.11, 1.3), p: 0.06 }, "unclear"],
	["as wide as the noise", { ratio: at(1.1, 0.9, 1.4), noise: 0.16 }, "unclear"],
	[
		"clear, but from too few runs",
		{ ratio: at(1.5, 1.4, 1.6), p: 0.1, short: "3 runs a side" },
		"indicative",
	],
])("verdict for an interval: %s", (_, changes, expected) => {
	const finding = judge(evidence(changes));
	expect(finding.verdict).toBe(expected);
	expect(finding.reason).not.toBe("");
	expect(finding.next).toMatch(/\.$/);
});

test("an unclear finding says how many runs would do, or that the noise is too high", () => {
	const some = judge(evidence({ ratio: at(1.2, 1.0, 1.45), noise: 0.16 }));
	expect(some.next).toBe(
		`Make about ${runsNeeded(0.16, 1.2, 0.1)} runs per side; longer runs on a quieter machine need fewer.`,
	);
	expect(judge(evidence({ ratio: at(1.101, 0.8, 1.4), noise: 0.16 })).next).toContain(
		"lower the noise first",
	);
});

test("an indicative finding still says which way the difference points", () => {
	const finding = judge(
		evidence({ ratio: at(1.5, 1.4, 1.6), short: "1 run per side, but a verdict needs 5" }),
	);
	expect(finding.reason).toBe("1 run per side, but a verdict needs 5; so far it looks 50 % slower.");
});

test("a ratio is described in words", () => {
	expect([1.2, 0.88, 1, 1.024, 2.6, 14, Number.NaN].map(change)).toEqual([
		"20 % slower",
		"12 % faster",
		"no change",
		"2.4 % slower",
		"2.6 times as slow",
		"14 times as slow",
		"unknown",
	]);
});

test("an interval is shortened where both ends are of the same kind", () => {
	expect(changeWithin(at(1.2, 1.16, 1.24))).toBe("20 % slower (16 to 24 %)");
	expect(changeWithin(at(0.8, 0.75, 0.88))).toBe("20 % faster (12 to 25 %)");
	expect(changeWithin(at(1.03, 0.98, 1.07))).toBe("3.0 % slower (2.0 % faster to 7.0 % slower)");
	expect(changeWithin(at(2.2, 1.8, 3))).toBe("2.2 times as slow (80 % slower to 3.0 times as slow)");
});

test("the most serious finding decides, and an invalid run outweighs all", () => {
	const shuffled: Verdict[] = ["same", "worse", "better", "invalid", "unclear", "indicative"];
	expect(mostSerious(shuffled.map((verdict) => ({ verdict })))?.verdict).toBe("invalid");
	expect(mostSerious([{ verdict: "same" as const }, { verdict: "better" as const }])?.verdict).toBe("better");
	expect(mostSerious([])).toBeUndefined();
});

test.each<[Verdict, number, number]>([
	["better", 0, 0],
	["same", 0, 0],
	["worse", 1, 0],
	["unclear", 4, 4],
	["indicative", 4, 4],
	["invalid", 3, 3],
])("the verdict %s exits %i as a gate and %i as a description", (verdict, gated, described) => {
	const overall = { verdict, reason: "", next: "", runs: 0 };
	expect(exitCodeOf({ gate: true, overall, budgets: [] })).toBe(gated);
	expect(exitCodeOf({ gate: false, overall, budgets: [] })).toBe(described);
});
