/** The exit code of a comparison: pure, from its verdict and budgets. */
import { EXIT } from "../../worker/command-line/command.ts";
import type { Comparison } from "./assemble.ts";

/** 3 invalid; 1 worse (where that is a gate) or a budget missed; 4 undecided; else 0. Budgets decide a description. */
export function exitCodeOf({
	gate,
	overall,
	outcomes,
}: Pick<Comparison, "gate" | "overall" | "outcomes">): number {
	const { verdict } = overall;
	if (verdict === "invalid") return EXIT.invalid;
	if (gate && verdict === "worse") return EXIT.failed;
	if (outcomes.some((outcome) => outcome.word === "missed" && !outcome.indicative)) return EXIT.failed;
	if (outcomes.some((outcome) => outcome.word === "unclear" || outcome.indicative)) return EXIT.inconclusive;
	const budgetsDecide = !gate && outcomes.length > 0;
	const undecided = verdict === "unclear" || verdict === "indicative";
	return undecided && !budgetsDecide ? EXIT.inconclusive : EXIT.ok;
}
