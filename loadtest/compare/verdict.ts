/** The verdict: pure, from figures to a word, its reason and the next step. */
import { counted, showShare } from "../report/number.ts";
import { ALPHA, LEAST_RUNS } from "./holm.ts";
import { MOST_RUNS, runsNeeded } from "./power.ts";
import type { Interval } from "./shift.ts";

export const VERDICTS = ["better", "worse", "same", "unclear", "indicative", "invalid"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A word, why, and what to do about it. */
export interface Finding {
	verdict: Verdict;
	reason: string;
	next: string;
	/** Runs a side that would decide it; 0 where more runs are not the answer. */
	runs: number;
}

/** What one primary metric is judged by. Lower is better; `ratio` is candidate ÷ base. */
export interface Evidence {
	ratio: Interval;
	/** Exact Mann-Whitney p after Holm; not looked at when the runs do not carry a verdict. */
	p: number;
	/** Standard deviation of the logarithm between runs. */
	noise: number;
	margin: number;
	/** Why the runs carry no verdict (too few, not interleaved), or undefined. */
	short: string | undefined;
}

/**
 * Worse and better need both: significance at run level, and the whole interval beyond the margin. Same
 * needs the whole interval within it. All else is unclear, and says how many runs would do.
 */
export function judge(evidence: Evidence): Finding {
	const { ratio, p, noise, margin, short } = evidence;
	const lean = leaning(ratio, margin);
	if (short !== undefined)
		return { verdict: "indicative", reason: `${short}; ${LEANS[lean]}.`, next: MAKE_RUNS, runs: LEAST_RUNS };
	const interval = changeWithin(ratio);
	const width = `the margin of ${showShare(margin)}`;
	if (lean === "same")
		return { verdict: "same", reason: `${interval}, all within ${width}.`, next: NEXT.same, runs: 0 };
	if (lean !== "unclear" && p <= ALPHA)
		return { verdict: lean, reason: `${interval}, beyond ${width}.`, next: NEXT[lean], runs: 0 };
	const runs = runsNeeded(noise, ratio.estimate, margin);
	const reason = `${interval}: the interval crosses ${width} at ${showShare(noise)} noise between runs.`;
	return { verdict: "unclear", reason, next: moreRuns(runs), runs };
}

/** What the interval alone says. */
export function leaning(ratio: Interval, margin: number): "worse" | "better" | "same" | "unclear" {
	if (ratio.low > 1 + margin) return "worse";
	if (ratio.high < 1 / (1 + margin)) return "better";
	if (ratio.low >= 1 / (1 + margin) && ratio.high <= 1 + margin) return "same";
	return "unclear";
}

/** A ratio in words: 1.2 is "20 % slower", 0.9 is "10 % faster". */
export function change(ratio: number): string {
	if (!Number.isFinite(ratio)) return "unknown";
	const percent = Math.abs(ratio - 1) * 100;
	if (percent < 0.05) return "no change";
	if (ratio > 2) return `${ratio.toFixed(ratio < 9.95 ? 1 : 0)} times as slow`;
	return `${percent.toFixed(percent < 9.95 ? 1 : 0)} % ${ratio > 1 ? "slower" : "faster"}`;
}

/** An estimate with its interval: "20 % slower (16 to 24 %)", or both ends in words where they differ in kind. */
export function changeWithin({ estimate, low, high }: Interval): string {
	const ends = [low, high].map(change);
	const [first, second] = ends.map((end) => /^([\d.]+) % (slower|faster)$/.exec(end));
	const alike = first?.[2] !== undefined && first[2] === second?.[2];
	const range = alike ? [first[1], second?.[1]].sort((a, b) => Number(a) - Number(b)).join(" to ") : "";
	return `${change(estimate)} (${alike ? `${range} %` : ends.join(" to ")})`;
}

/** The verdict over all primary metrics: the gravest, in the order of VERDICT_ORDER. */
export function gravest<Item extends { verdict: Verdict }>(findings: readonly Item[]): Item | undefined {
	return [...findings].sort((a, b) => GRAVITY.indexOf(a.verdict) - GRAVITY.indexOf(b.verdict))[0];
}

const GRAVITY: Verdict[] = ["invalid", "worse", "indicative", "unclear", "better", "same"];
const NEXT = {
	worse: "Look for the cause, or accept it by a wider --margin.",
	better: "Keep it: save these runs as the new baseline.",
	same: "Nothing to do.",
};
const MAKE_RUNS = `Make ${LEAST_RUNS} interleaved runs a side: npm run swarm -- … --repeat ${LEAST_RUNS}.`;
const LEANS = {
	worse: "as it stands it looks worse",
	better: "as it stands it looks better",
	same: "as it stands it looks the same",
	unclear: "as it stands nothing can be told",
};

function moreRuns(runs: number): string {
	if (runs > MOST_RUNS)
		return `More than ${counted(MOST_RUNS, "run")} a side would be needed: lower the noise first (longer runs, a quiet machine).`;
	return `Make about ${counted(runs, "run")} a side; longer runs on a quieter machine need fewer.`;
}
