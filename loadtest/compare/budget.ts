/** Budgets: limits to enforce, one per line, such as `p99 edge-added websocket <= 5 ms`. */
import { readFile } from "node:fs/promises";
import { UsageError } from "../../worker/command-line/command.ts";
import { METRICS, type Metric, TRANSPORTS, type Transport } from "../record/result.ts";
import { type QuantileName, quantileNamed } from "../report/values/quantile.ts";

/** One line of a budget file. `added`: over the base path. The limit is in milliseconds, for losses a share. */
export interface Budget {
	text: string;
	measure: QuantileName | "loss";
	metric: Metric;
	path: string;
	added: boolean;
	transport: Transport;
	limit: number;
}

const BUDGET_FORM = "`p99 edge-added websocket <= 5 ms` or `loss edge polling <= 0.1 %`";

/** Reads a budget file. Throws a UsageError that names the file, the line, the mistake and the right form. */
export async function loadBudgets(file: string): Promise<Budget[]> {
	let text: string;
	try {
		text = await readFile(file, "utf8");
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? String(error);
		throw new UsageError(
			`--budget ${file} cannot be read (${code}): give a text file with lines like ${BUDGET_FORM}.`,
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
		throw new UsageError(`${name}:${at + 1}: "${plain}": ${budget}; write ${BUDGET_FORM}.`);
	});
	if (budgets.length === 0)
		throw new UsageError(`--budget ${name} contains no budget: write lines like ${BUDGET_FORM}.`);
	return budgets;
}

/** One budget, or the mistake in it. */
function parseBudget(text: string): Budget | string {
	const [left = "", right, ...more] = text.split("<=");
	if (right === undefined || more.length > 0) return "exactly one <= is needed";
	const words = left.trim().split(" ");
	const transport = TRANSPORTS.find((each) => each === words.at(-1));
	if (transport === undefined)
		return `"${words.at(-1)}" is not a transport; use one of: ${TRANSPORTS.join(", ")}`;
	const [first = "", ...middle] = words.slice(0, -1);
	const measure = first === "loss" ? "loss" : quantileNamed(first);
	if (measure === undefined) return `"${first}" is neither a quantile (p50, p90, p99, p99.9) nor loss`;
	const metric = middle.length === 2 ? METRICS.find((each) => each === middle[0]) : "ack";
	if (metric === undefined) return `"${middle[0]}" is not a metric; use one of: ${METRICS.join(", ")}`;
	const where = middle.at(-1);
	if (where === undefined || middle.length > 2) return "a path is needed before the transport";
	const limit = limitOf(right.trim(), measure);
	if (limit === undefined)
		return measure === "loss" ? "the limit needs a number and %" : "the limit needs a number and ms or s";
	const added = where.endsWith("-added");
	if (added && measure === "loss") return "loss cannot be -added";
	return {
		text,
		measure,
		metric,
		path: added ? where.slice(0, -"-added".length) : where,
		added,
		transport,
		limit,
	};
}

function limitOf(text: string, measure: Budget["measure"]): number | undefined {
	const match = /^(\d+(?:\.\d+)?) ?(ms|s|%)$/.exec(text);
	if (match === null) return undefined;
	const [, number, unit] = match;
	if ((measure === "loss") !== (unit === "%")) return undefined;
	return Number(number) * { ms: 1, s: 1000, "%": 0.01 }[unit as "ms" | "s" | "%"];
}
