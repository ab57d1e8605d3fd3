/** The whole comparison: what is compared, the verdict over it, and what every format prints. */
import { UsageError } from "../../worker/command-line/command.ts";
import type { Metric, Result, Transport } from "../record/result.ts";
import type { NamedRun } from "../report/readable.ts";
import { basePath } from "../report/rows.ts";
import type { Budget } from "./budget.ts";
import {
	checkDistinct,
	checkPlans,
	checkSeconds,
	doubtsOf,
	invalidRuns,
	overlap,
	shortOf,
} from "./comparable.ts";
import { type ComparisonRow, rowsOf } from "./comparison.ts";
import { type Outcome, outcomesOf } from "./outcome.ts";
import {
	type Pairing,
	type Pairings,
	pathAgainstPath,
	runsAgainstRuns,
	transportsAgainst,
} from "./pairing.ts";
import { defaultPrimaries, parsePrimaries } from "./primary.ts";
import { type Finding, gravest } from "./verdict.ts";

/** What to compare: other runs, another path of the same runs, or (neither) a description of the runs. */
export type Subject =
	| { kind: "runs"; base: NamedRun[] }
	| { kind: "path"; path: string; basePath: string }
	| { kind: "describe" };

/** A request with every choice made. */
export interface Request {
	candidate: NamedRun[];
	subject: Subject;
	metric: Metric;
	margin: number;
	primary: string | undefined;
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

/** Everything that is printed. `gate`: worse fails the command; a description never does. */
export interface Comparison {
	gate: boolean;
	metric: Metric;
	margin: number;
	overall: Finding;
	sections: Section[];
	outcomes: Outcome[];
	invalid: string[];
	doubts: string[];
	candidate: NamedRun[];
	base: NamedRun[];
}

/** Compares. Throws a UsageError for runs that cannot be set against each other. */
export function compare(request: Request): Comparison {
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
	if (first === undefined || first.pairs.length === 0) throw new UsageError(nothingToCompare(request));
	const primaries =
		request.primary === undefined
			? defaultPrimaries(first.pairs)
			: parsePrimaries(request.primary, first.pairs);
	const equal = subject.kind === "runs" && overlap(candidate, base) === "equal";
	const against = subject.kind === "runs" ? base.map((run) => run.result) : results;
	// Paths and transports take turns in slots of the same run, so only their number is asked for.
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
	return {
		gate: subject.kind !== "describe",
		metric: request.metric,
		margin: request.margin,
		overall: overallOf(sections, { invalid, equal, gate: subject.kind !== "describe" }),
		sections,
		outcomes: outcomesOf(request.budgets, results),
		invalid,
		doubts: [...first.unmatched, ...doubtsOf(all)],
		candidate,
		base,
	};
}

/** The verdict over all: invalid runs void it, else the gravest of the primary metrics. */
export function overallOf(
	sections: readonly Section[],
	{ invalid, equal, gate }: { invalid: readonly string[]; equal: boolean; gate: boolean },
): Finding {
	if (invalid.length > 0) return { verdict: "invalid", reason: invalid.join(" "), next: MEND_RUNS, runs: 0 };
	if (equal)
		return { verdict: "same", reason: "Both sides are the very same runs.", next: OTHER_RUNS, runs: 0 };
	const rows = sections.flatMap((section) => section.rows);
	const found = rows.flatMap((row) => (row.finding === null ? [] : [{ row, ...row.finding }]));
	const worst = gravest(found);
	if (worst === undefined)
		return {
			verdict: "unclear",
			reason: "No primary metric could be compared.",
			next: "Name one by --primary.",
			runs: 0,
		};
	const alike = found.filter((each) => each.verdict === worst.verdict);
	const reasons = [...new Set(alike.map((each) => each.reason))].map((reason) => {
		const names = alike.filter((each) => each.reason === reason).map((each) => each.row);
		return `${names[0]?.name}, ${names.map(shown).join(" and ")}: ${reason}`;
	});
	const describes = !gate && (worst.verdict === "worse" || worst.verdict === "better");
	const { next, runs } = alike.reduce((most, each) => (each.runs > most.runs ? each : most));
	return { verdict: worst.verdict, reason: reasons.join(" "), next: describes ? DESCRIBED : next, runs };
}

const MEND_RUNS =
	"Make those runs again with a load that the generator sustains (npm run swarm -- calibrate).";
const OTHER_RUNS = "Give other runs to one side to learn something.";
const DESCRIBED = "This describes the runs and fails nothing: hold them to a limit by --budget.";

function pairingsOf(request: Request, results: Result[]): Pairings[] {
	const { subject } = request;
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

function titleOf(subject: Subject, pairings: Pairings): string {
	if (subject.kind === "runs") return "New runs against base runs";
	return `${pairings.candidateName[0]?.toUpperCase()}${pairings.candidateName.slice(1)} against ${pairings.baseName}`;
}

function nothingToCompare({ candidate, subject }: Request): string {
	const groups =
		candidate[0]?.result.groups.map((group) => `${group.transport} ${group.path}`).join(", ") || "nothing";
	if (subject.kind === "path")
		return `--path ${subject.path} --against-path ${subject.basePath}: the runs measured ${groups}; name two of their paths.`;
	if (subject.kind === "runs")
		return "The two sides share no transport and path: make both with the same --transports and --paths.";
	return `One run of ${groups} holds nothing to compare: give --against other runs.`;
}

function shown(row: ComparisonRow): string {
	return row.quantile === "p999" ? "p99.9" : row.quantile;
}
