/** How a report looks at first sight. */
import type { Result } from "../record/result.ts";
import { trustOf } from "../record/validity.ts";
import { type Verdict, verdictOf } from "../record/verdict.ts";
import type { BudgetResult } from "./budgets/result.ts";

/** Good, with a doubt, or bad: colour and sign of the verdict. */
export type Tone = "good" | "doubt" | "bad";

const TONES: Readonly<Record<Exclude<Verdict, "ok">, Tone>> = {
	interrupted: "doubt",
	invalid: "bad",
	failed: "bad",
	undecided: "doubt",
};

/** The tone of a run's report. A run that is fine but for a warning has a doubt. */
export function toneOf(result: Result, budgets: readonly BudgetResult[] = []): Tone {
	const verdict = verdictOf(result, budgets);
	if (verdict !== "ok") return TONES[verdict];
	return trustOf(result) === "valid" ? "good" : "doubt";
}
