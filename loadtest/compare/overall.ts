/** The overall verdict: invalid runs void it; otherwise the most serious finding of the primary metrics decides. */
import { QUANTILES, quantileText } from "../report/values/quantile.ts";
import type { ComparisonRow } from "./rows.ts";
import { type Finding, VERDICTS, type Verdict } from "./verdict.ts";

/** `equal`: both sides are the same runs. `gate`: "worse" fails the command. */
export interface Circumstances {
	invalid: readonly string[];
	equal: boolean;
	gate: boolean;
}

/** The verdict over all rows, with a reason per primary metric and what to do next. */
export function overallOf(rows: readonly ComparisonRow[], { invalid, equal, gate }: Circumstances): Finding {
	if (invalid.length > 0)
		return {
			verdict: "invalid",
			reason: invalid.join(" "),
			next: "Make these runs again with a load that the generator can sustain (npm run swarm -- calibrate).",
			runs: 0,
		};
	if (equal)
		return {
			verdict: "same",
			reason: "Both sides are the same runs.",
			next: "Compare with other runs to learn something.",
			runs: 0,
		};
	const findings = rows.flatMap((row) => (row.finding === null ? [] : [row.finding]));
	const worst = mostSerious(findings);
	if (rows.length === 0)
		return {
			verdict: "unclear",
			reason: "The runs measured one transport on one path, so only the budgets are judged.",
			next: "To compare them with other runs, give those with --against.",
			runs: 0,
		};
	if (worst === undefined)
		return {
			verdict: "unclear",
			reason: "No primary metric could be compared.",
			next: "Name one with --primary.",
			runs: 0,
		};
	const alike = findings.filter((finding) => finding.verdict === worst.verdict);
	const { next, runs } = alike.reduce((max, finding) => (finding.runs > max.runs ? finding : max));
	const isDecided = worst.verdict === "worse" || worst.verdict === "better";
	return {
		verdict: worst.verdict,
		reason: reasonsOf(rows, worst.verdict).join(" "),
		next: !gate && isDecided ? "This only describes the runs. To enforce a limit, use --budget." : next,
		runs,
	};
}

/** The most serious of several findings; undefined when there are none. */
export function mostSerious<Item extends { verdict: Verdict }>(findings: readonly Item[]): Item | undefined {
	return [...findings].sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict))[0];
}

/** One sentence per reason for a verdict; metrics with the same reason share it. */
export function reasonsOf(rows: readonly ComparisonRow[], verdict: Verdict): string[] {
	const alike = rows.filter((row) => row.finding?.verdict === verdict);
	const reasons = [...new Set(alike.map((row) => row.finding?.reason ?? ""))];
	return reasons.map((reason) => {
		const rowsOfReason = alike.filter((row) => row.finding?.reason === reason);
		const quantiles = rowsOfReason.map((row) => quantileText(QUANTILES[row.quantile])).join(" and ");
		return `${rowsOfReason[0]?.name}, ${quantiles}: ${reason}`;
	});
}
