/** The verdict on one metric: from its figures to a word, the reason, and the next step. */
import { counted, showShare } from "../report/values/number.ts";
import { ALPHA, LEAST_RUNS } from "./statistics/holm.ts";
import { MOST_RUNS, runsNeeded } from "./statistics/power.ts";
import type { Interval } from "./statistics/shift.ts";

/** Most serious first. */
export const VERDICTS = ["invalid", "worse", "indicative", "unclear", "better", "same"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A verdict, the reason for it, and what to do next. */
export interface Finding {
	verdict: Verdict;
	reason: string;
	next: string;
	/** Runs per side that would decide it; 0 where more runs would not help. */
	runs: number;
}

/** The evidence on one primary metric. Lower is better; `ratio` is candidate ÷ base. */
export interface Evidence {
	ratio: Interval;
	/** Exact Mann-Whitney p after Holm; ignored when the runs cannot support a verdict. */
	p: number;
	/** Standard deviation of the logarithm between runs. */
	noise: number;
	margin: number;
	/** Why the runs cannot support a verdict (too few, not interleaved), or undefined. */
	short: string | undefined;
}

/**
 * "Worse" and "better" need both significance over the runs and an interval that lies entirely beyond the margin.
 * "Same" needs an interval entirely within it. Everything else is "unclear", with the number of runs that would do.
 */
export function judge(evidence: Evidence): Finding {
	const { ratio, p, noise, margin, short } = evidence;
	const lean = leaning(ratio, margin);
	if (short !== undefined)
		return {
			verdict: "indicative",
			reason: `${short}; ${soFar(ratio, margin)}.`,
			next: MAKE_RUNS,
			runs: LEAST_RUNS,
		};
	const shown = shownChange(ratio);
	const limit = marginText(margin);
	if (lean === "same")
		return { verdict: "same", reason: `${shown}, all within ${limit}.`, next: NEXT.same, runs: 0 };
	if (lean !== "unclear" && p <= ALPHA)
		return { verdict: lean, reason: `${shown}, beyond ${limit}.`, next: NEXT[lean], runs: 0 };
	const runs = runsNeeded(noise, ratio.estimate, margin);
	const reason = `${shown}; the interval crosses ${limit}, at ${showShare(noise)} noise between runs.`;
	return { verdict: "unclear", reason, next: moreRuns(runs), runs };
}

/** What the interval alone says. */
function leaning(ratio: Interval, margin: number): "worse" | "better" | "same" | "unclear" {
	if (ratio.low > 1 + margin) return "worse";
	if (ratio.high < 1 / (1 + margin)) return "better";
	if (ratio.low >= 1 / (1 + margin) && ratio.high <= 1 + margin) return "same";
	return "unclear";
}

/** The margin in words, for a sentence. */
export function marginText(margin: number): string {
	return `the margin of ${showShare(margin)}`;
}

/** A ratio in words: 1.2 is "20 % slower", 0.9 is "10 % faster". */
export function change(ratio: number): string {
	if (!Number.isFinite(ratio)) return "unknown";
	const percent = Math.abs(ratio - 1) * 100;
	if (percent < 0.05) return "no change";
	if (ratio > 2) return `${ratio.toFixed(ratio < 9.95 ? 1 : 0)} times as slow`;
	return `${percent.toFixed(percent < 9.95 ? 1 : 0)} % ${ratio > 1 ? "slower" : "faster"}`;
}

/** An estimate with its interval: "20 % slower (16 to 24 %)"; ends of different kinds are both spelled out. */
export function changeWithin({ estimate, low, high }: Interval): string {
	const ends = [low, high].map(change);
	const [first, second] = ends.map((end) => /^([\d.]+) % (slower|faster)$/.exec(end));
	const alike = first?.[2] !== undefined && first[2] === second?.[2];
	const range = alike ? [first[1], second?.[1]].sort((a, b) => Number(a) - Number(b)).join(" to ") : "";
	return `${change(estimate)} (${alike ? `${range} %` : ends.join(" to ")})`;
}

const NEXT = {
	worse: "Look for the cause, or accept the change with a wider --margin.",
	better: "Keep these runs as the new baseline (--save NAME).",
	same: "Nothing to do.",
};
const MAKE_RUNS = `Make ${LEAST_RUNS} interleaved runs per side: npm run swarm -- … --repeat ${LEAST_RUNS}.`;

/** The change with its interval; one that the interval cannot tell from none is not given as a figure. */
function shownChange(ratio: Interval): string {
	if (ratio.low > 1 || ratio.high < 1) return changeWithin(ratio);
	return `no difference that these runs can show (${change(ratio.low)} to ${change(ratio.high)})`;
}

/** What too few runs suggest, without a verdict. */
function soFar(ratio: Interval, margin: number): string {
	const lean = leaning(ratio, margin);
	if (lean === "same") return `so far it looks the same, within ${marginText(margin)}`;
	if (ratio.low <= 1 && ratio.high >= 1) return "so far there is no difference that these runs can show";
	const looks = `so far it looks ${change(ratio.estimate)}`;
	return lean === "unclear" ? `${looks}, too close to ${marginText(margin)} to tell` : looks;
}

function moreRuns(runs: number): string {
	if (runs > MOST_RUNS)
		return `More than ${counted(MOST_RUNS, "run")} per side would be needed: lower the noise first (longer runs, a quiet machine).`;
	return `Make about ${counted(runs, "run")} per side; longer runs on a quieter machine need fewer.`;
}
