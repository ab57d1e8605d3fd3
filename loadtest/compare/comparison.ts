/** The whole comparison: what is compared with what, the verdict, and everything that the formats print. */
import { UsageError } from "../../worker/command-line/command.ts";
import type { Metric, Result, Transport } from "../record/result.ts";
import type { Budget } from "../report/budgets/budget.ts";
import type { BudgetResult } from "../report/budgets/result.ts";
import type { NamedResult } from "../report/readable.ts";
import { basePath } from "../report/values/rows.ts";
import { checkBudget } from "./budget-result.ts";
import {
	checkDistinct,
	checkPlans,
	checkSeconds,
	doubtsOf,
	invalidRuns,
	overlap,
	shortOf,
} from "./comparable.ts";
import { overallOf } from "./overall.ts";
import {
	type Pairing,
	type Pairings,
	pathAgainstPath,
	runsAgainstRuns,
	transportsAgainst,
} from "./pairing.ts";
import { defaultPrimaries, parsePrimaries } from "./primary.ts";
import { type ComparisonRow, rowsOf } from "./rows.ts";
import type { Finding } from "./verdict.ts";

/** What the runs are compared with: other runs, another path of the same runs, or nothing (a description). */
export type Subject =
	| { kind: "runs"; base: NamedResult[] }
	| { kind: "path"; path: string; basePath: string }
	| { kind: "describe" };

/** The request with all options resolved. */
export interface ComparisonRequest {
	candidate: NamedResult[];
	subject: Subject;
	metric: Metric;
	margin: number;
	primary: string | undefined;
	/** Accept runs that were not interleaved. */
	blocks: boolean;
	budgets: Budget[];
}

/** One table of the comparison. */
export interface Section {
	title: string;
	candidateName: string;
	baseName: string;
	rows: ComparisonRow[];
	/** The pairs behind the rows, for the charts. */
	pairs: Pairing[];
}

/** Everything that is printed. `gate`: "worse" fails the command, which it never does for a description. */
export interface Comparison {
	gate: boolean;
	metric: Metric;
	margin: number;
	overall: Finding;
	sections: Section[];
	budgets: BudgetResult[];
	invalid: string[];
	doubts: string[];
	candidate: NamedResult[];
	base: NamedResult[];
}

/** Compares. Throws a UsageError for runs that cannot be compared. */
export function compare(request: ComparisonRequest): Comparison {
	const { candidate, subject } = request;
	const base = subject.kind === "runs" ? subject.base : [];
	const all = [...candidate, ...base];
	checkPlans(all);
	checkDistinct(candidate);
	checkDistinct(base);
	checkSeconds(candidate, subject.kind === "runs" ? base : candidate);
	const results = candidate.map((run) => run.result);
	const pairings = pairingsOf(request, results);
	const [first] = pairings;
	const budgetsOnly = subject.kind === "describe" && request.budgets.length > 0;
	const pairs = first?.pairs ?? [];
	if (pairs.length === 0 && !budgetsOnly) throw new UsageError(nothingToCompare(request));
	const primaries =
		request.primary === undefined ? defaultPrimaries(pairs) : parsePrimaries(request.primary, pairs);
	const equal = subject.kind === "runs" && overlap(candidate, base) === "equal";
	const against = subject.kind === "runs" ? base.map((run) => run.result) : results;
	// Paths and transports take turns in the slots of each run, so only the number of runs can fall short.
	const blocks = request.blocks || subject.kind !== "runs" || equal;
	const short = shortOf(results, against, blocks);
	const sections = pairings.map((each, at) => ({
		title: titleOf(subject, each),
		candidateName: each.candidateName,
		baseName: each.baseName,
		pairs: each.pairs,
		rows: rowsOf(each.pairs, {
			metric: request.metric,
			margin: request.margin,
			primaries: at === 0 ? primaries : [],
			short,
		}),
	}));
	const invalid = invalidRuns(all);
	const gate = subject.kind !== "describe";
	return {
		gate,
		metric: request.metric,
		margin: request.margin,
		overall: overallOf(
			sections.flatMap((section) => section.rows),
			{ invalid, equal, gate },
		),
		sections,
		budgets: request.budgets.map((budget) => checkBudget(budget, results)),
		invalid,
		doubts: [...(first?.unmatched ?? []), ...doubtsOf(all)],
		candidate,
		base,
	};
}

function pairingsOf({ subject }: ComparisonRequest, results: Result[]): Pairings[] {
	if (subject.kind === "runs")
		return [
			runsAgainstRuns(
				results,
				subject.base.map((run) => run.result),
			),
		];
	if (subject.kind === "path") return [pathAgainstPath(results, subject.path, subject.basePath)];
	const [first] = results;
	if (first === undefined) return [];
	const base = basePath(first);
	const paths = first.plan.paths.map((path) => path.name).filter((name) => name !== base);
	const byPath = paths.map((path) => pathAgainstPath(results, path, base));
	return [...byPath, transportsAgainst(results, baseTransport(first))].filter(
		(each) => each.pairs.length > 0,
	);
}

function baseTransport(result: Result): Transport {
	const transports = result.groups.map((group) => group.transport);
	return transports.find((each) => each === "websocket") ?? transports[0] ?? "websocket";
}

function titleOf(subject: Subject, { candidateName, baseName }: Pairings): string {
	if (subject.kind === "runs") return "New runs against base runs";
	return `${candidateName[0]?.toUpperCase()}${candidateName.slice(1)} against ${baseName}`;
}

function nothingToCompare({ candidate, subject }: ComparisonRequest): string {
	const groups =
		candidate[0]?.result.groups.map((group) => `${group.transport} ${group.path}`).join(", ") || "nothing";
	if (subject.kind === "path")
		return `--path ${subject.path} --against-path ${subject.basePath}: the runs measured ${groups}; name two of their paths.`;
	if (subject.kind === "runs")
		return "The two sides have no transport and path in common: make both with the same --transports and --paths.";
	return `A run of ${groups} alone has nothing to compare: give other runs with --against.`;
}
