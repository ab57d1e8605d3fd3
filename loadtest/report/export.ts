/** The report for other programs: JSON, CSV and JUnit XML. */
import type { Group, PlanRecord, Result } from "../record/result.ts";
import { countedIn, type Failure, failuresOf, verdictOf } from "../record/verdict.ts";
import type { BudgetResult } from "./budgets/result.ts";
import { budgetJson } from "./budgets/table.ts";
import { headlineOf } from "./headline.ts";
import { budgetChecks, type Check, junit } from "./junit.ts";
import { validityOf } from "./validity.ts";
import { counted, showCount } from "./values/number.ts";
import { addedOf, rowsOf } from "./values/rows.ts";

const CSV_COLUMNS = [
	"transport",
	"path",
	"metric",
	"count",
	"min",
	"p50",
	"p90",
	"p99",
	"p999",
	"max",
	// Last, for readers that count columns.
	"p95",
] as const;

/** `rows` and `added` in milliseconds, null where the sample is too small for a quantile. */
export function reportJson(result: Result, budgets: readonly BudgetResult[] = []): string {
	const { trust, sentence, flags } = validityOf(result);
	const report = {
		kind: "sticky-edge/report",
		version: 1,
		id: result.id,
		startedAt: result.startedAt,
		verdict: verdictOf(result, budgets),
		validity: { trust, sentence, flags },
		headline: headlineOf(result, budgets).join(" "),
		rows: rowsOf(result),
		added: addedOf(result),
		groups: result.groups.map(({ transport, path, seconds, counts, errors }) => ({
			transport,
			path,
			seconds,
			...counts,
			errors,
		})),
		...(budgets.length > 0 && { budgets: budgets.map(budgetJson) }),
	};
	return `${JSON.stringify(report, null, "\t")}\n`;
}

/** CSV (RFC 4180) of the same rows; an empty field where the sample is too small for a quantile. */
export function reportCsv(result: Result): string {
	const lines = rowsOf(result).map((row) => CSV_COLUMNS.map((column) => csvField(row[column])).join(","));
	return `${[CSV_COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}

/**
 * JUnit XML by the rule of the exit code: a test case fails when the run is interrupted, invalid or failed, or a budget
 * is missed, and is skipped for a budget that is undecided. A lesser loss is in the test case's output.
 */
export function reportJunit(result: Result, budgets: readonly BudgetResult[] = []): string {
	return junit("sticky-edge report", [...checksOf(result), ...budgetChecks(budgets)]);
}

function csvField(value: string | number | null): string {
	const text = value === null ? "" : String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function checksOf(result: Result): Check[] {
	const { trust, sentence, notes } = validityOf(result);
	const failures = failuresOf(result);
	const check = (suite: string, name: string, failure: string | undefined): Check =>
		failure === undefined ? { suite, name } : { suite, name, failure };
	const invalid = trust === "invalid" ? [sentence, ...notes].join("\n") : undefined;
	const stopped = result.interrupted ? "stopped early by a signal" : undefined;
	return [
		check("validity", "the measurement is valid", invalid),
		check("validity", "the run was made to its end", stopped),
		...result.groups.flatMap((group) => groupChecks(group, result.plan, failures)),
		...failures.flatMap(({ group, sentence }) =>
			group === null ? [check("thresholds", sentence, sentence)] : [],
		),
	];
}

/** Fails with the validity where no session opened, and with the verdict where too much was lost. */
function groupChecks(
	{ transport, path, counts }: Group,
	plan: PlanRecord,
	failures: readonly Failure[],
): Check[] {
	const suite = `${transport} ${path}`;
	const { sessionsTried, sessionsOpen, sent, received, doubled } = counts;
	const { one, several, arrived } = countedIn(plan);
	const sessions: Check = { suite, name: "sessions opened" };
	const opened = `${showCount(sessionsOpen)} of ${counted(sessionsTried, "session")} opened`;
	if (sessionsTried > 0 && sessionsOpen === 0) sessions.failure = opened;
	else sessions.output = opened;
	const messages: Check = { suite, name: `at most ${plan.maxLoss} % of the messages were lost` };
	const failure = failures.find(({ group }) => group?.transport === transport && group.path === path);
	if (failure !== undefined) messages.failure = failure.sentence;
	else
		messages.output = `${showCount(received)} of ${counted(sent, one, several)} ${arrived.replace("were ", "")}, ${showCount(doubled)} doubled`;
	return [sessions, messages];
}
