/** Shows and judges the runs of the swarm and of k6, whose folders may not import the report. */
import type { MakeReporter } from "../record/save.ts";
import { verdictOf } from "../record/verdict.ts";
import { checkMeasured, loadBudgets } from "./budgets/budget.ts";
import { judgeRun } from "./budgets/judge.ts";
import { reportText } from "./text.ts";

/** Reads the budgets now, so that a mistake in them does not cost a run. */
export const makeReporter: MakeReporter = async (budgetFile, groups, steps) => {
	const budgets = budgetFile === undefined ? [] : await loadBudgets(budgetFile);
	checkMeasured(budgets, groups, steps);
	return {
		text(result) {
			return reportText(result, judgeRun(budgets, result));
		},
		verdictOf(result) {
			return verdictOf(result, judgeRun(budgets, result));
		},
	};
};
