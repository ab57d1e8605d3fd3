/** Budgets: limits to enforce, one per line, such as `p99 edge-added websocket <= 5 ms`. */
import { readFile } from "node:fs/promises";
import { UsageError } from "../../../worker/command-line/command.ts";
import {
	type Group,
	METRICS,
	type Metric,
	metricNamed,
	TRANSPORTS,
	type Transport,
} from "../../record/result.ts";
import { QUANTILE_LIST, type QuantileName, quantileNamed } from "../values/quantile.ts";
import { basePathOf } from "../values/rows.ts";

/** One line of a budget file. */
export interface Budget {
	text: string;
	/** `share`: of what was answered within a time. */
	measure: QuantileName | "loss" | "share";
	metric: Metric;
	path: string;
	/** Over the base path. */
	added: boolean;
	transport: Transport;
	/** Milliseconds for a quantile, else a share from 0 to 1: the most for `loss`, the least for `share`. */
	limit: number;
	/** For `share`: the time in milliseconds; else null. */
	within: number | null;
}

const FORMS =
	"`p99 edge-added websocket <= 5 ms`, `loss edge polling <= 0.1 %` or `share <= 200 ms edge websocket >= 99 %`";

/** Reads a budget file. Throws a UsageError that names the file, the line, the mistake and the right form. */
export async function loadBudgets(file: string): Promise<Budget[]> {
	let text: string;
	try {
		text = await readFile(file, "utf8");
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? String(error);
		throw new UsageError(
			`--budget ${file} cannot be read (${code}): give a text file with lines like ${FORMS}.`,
		);
	}
	return parseBudgets(text, file);
}

/** Parses budgets; `#` starts a comment, blank lines are skipped. */
export function parseBudgets(text: string, name: string): Budget[] {
	const budgets = text.split("\n").flatMap((line, at) => {
		const plain = line.replace(/#.*/, "").trim().replace(/\s+/g, " ");
		if (plain === "") return [];
		const budget = parseBudget(plain);
		if (typeof budget !== "string") return [budget];
		throw new UsageError(`${name}:${at + 1}: "${plain}": ${budget}; write ${FORMS}.`);
	});
	if (budgets.length === 0)
		throw new UsageError(`--budget ${name} contains no budget: write lines like ${FORMS}.`);
	return budgets;
}

/** Throws a UsageError for a budget on what a run of these load groups does not measure; without `steps`, any step is. */
export function checkMeasured(
	budgets: readonly Budget[],
	groups: readonly Pick<Group, "transport" | "path">[],
	steps?: readonly string[],
): void {
	const isMeasured = (transport: Transport, path: string) =>
		groups.some((group) => group.transport === transport && group.path === path);
	for (const { text, metric, transport, path, added } of budgets) {
		if (steps !== undefined && metric.startsWith("step:") && !steps.includes(metric.slice("step:".length)))
			throw new UsageError(
				`Budget "${text}": the run has no ${metric}; ${steps.length === 0 ? "only a flow has steps" : `its steps are ${steps.join(", ")}`}.`,
			);
		const base = basePathOf(groups.map((group) => group.path));
		if (added && path === base)
			throw new UsageError(
				`Budget "${text}": ${path} is the path that the others are compared with; give another path, or leave out -added.`,
			);
		const missing = [path, ...(added ? [base] : [])].find((each) => !isMeasured(transport, each));
		if (missing === undefined) continue;
		const measured = groups.map((group) => `${group.transport} ${group.path}`).join(", ");
		throw new UsageError(
			`Budget "${text}": ${transport} on ${missing} is not measured; the run has ${measured}.`,
		);
	}
}

/** One budget, or the mistake in it. */
function parseBudget(text: string): Budget | string {
	const share = /^share <= ?(\S+ ?(?:ms|s)) (.+?) ?>= ?(.+)$/.exec(text);
	if (share !== null) return parseShare(text, share[1]!, share[2]!, share[3]!);
	const [left = "", right, ...more] = text.split("<=");
	if (right === undefined || more.length > 0) return "exactly one <= is needed";
	const [first = "", ...words] = left.trim().split(" ");
	if (first === "share") return "a share needs a time, then >= and a percentage";
	const subject = parseSubject(words);
	if (typeof subject === "string") return subject;
	const measure = first === "loss" ? "loss" : quantileNamed(first);
	if (measure === undefined) return `"${first}" is neither a quantile (${QUANTILE_LIST}) nor loss nor share`;
	if (measure === "loss" && subject.added) return "loss cannot be -added";
	const limit = measure === "loss" ? percentIn(right) : millisecondsIn(right);
	if (limit === undefined)
		return measure === "loss" ? "the limit needs a number and %" : "the limit needs a number and ms or s";
	return { text, measure, ...subject, limit, within: null };
}

function parseShare(text: string, time: string, subjectText: string, least: string): Budget | string {
	const within = millisecondsIn(time);
	if (within === undefined) return "the time needs a number and ms or s";
	const subject = parseSubject(subjectText.split(" "));
	if (typeof subject === "string") return subject;
	if (subject.added) return "a share cannot be -added";
	const limit = percentIn(least);
	if (limit === undefined || limit > 1) return "the share needs a number up to 100 and %";
	return { text, measure: "share", ...subject, limit, within };
}

type Subject = Pick<Budget, "metric" | "path" | "added" | "transport">;

/** `[metric] path[-added] transport` */
function parseSubject(words: readonly string[]): Subject | string {
	const transport = TRANSPORTS.find((each) => each === words.at(-1));
	if (transport === undefined)
		return `"${words.at(-1)}" is not a transport; use one of: ${TRANSPORTS.join(", ")}`;
	const middle = words.slice(0, -1);
	const metric = middle.length === 2 ? metricNamed(middle[0]!) : "ack";
	if (metric === undefined)
		return `"${middle[0]}" is not a metric; use one of: ${METRICS.join(", ")}, step:NAME`;
	const where = middle.at(-1);
	if (where === undefined || middle.length > 2) return "a path is needed before the transport";
	const added = where.endsWith("-added");
	return { transport, metric, added, path: added ? where.slice(0, -"-added".length) : where };
}

function millisecondsIn(text: string): number | undefined {
	const match = /^(\d+(?:\.\d+)?) ?(ms|s)$/.exec(text.trim());
	return match === null ? undefined : Number(match[1]) * (match[2] === "s" ? 1000 : 1);
}

/** A percentage as a share. */
function percentIn(text: string): number | undefined {
	const match = /^(\d+(?:\.\d+)?) ?%$/.exec(text.trim());
	return match === null ? undefined : Number(match[1]) / 100;
}
