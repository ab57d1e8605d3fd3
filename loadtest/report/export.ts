/** The report for other programs: JSON, CSV and JUnit XML. */
import type { Result } from "../record/result.ts";
import { headlineOf } from "./headline.ts";
import { type Check, junit } from "./junit.ts";
import { flagLine, validityOf } from "./validity.ts";
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
] as const;

/** `rows` and `added` in milliseconds, null where the sample is too small for a quantile. */
export function reportJson(result: Result): string {
	const { trust, sentence, flags } = validityOf(result);
	const report = {
		kind: "sticky-edge/report",
		version: 1,
		id: result.id,
		startedAt: result.startedAt,
		validity: { trust, sentence, flags },
		headline: headlineOf(result).join(" "),
		rows: rowsOf(result),
		added: addedOf(result),
		groups: result.groups.map(({ transport, path, seconds, counts, errors }) => ({
			transport,
			path,
			seconds,
			...counts,
			errors,
		})),
	};
	return `${JSON.stringify(report, null, "\t")}\n`;
}

/** CSV (RFC 4180) of the same rows; an empty field where the sample is too small for a quantile. */
export function reportCsv(result: Result): string {
	const lines = rowsOf(result).map((row) => CSV_COLUMNS.map((column) => csvField(row[column])).join(","));
	return `${[CSV_COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}

/** JUnit XML: is the measurement valid, and did each group open its sessions and lose nothing? */
export function reportJunit(result: Result): string {
	return junit("sticky-edge report", checksOf(result));
}

function csvField(value: string | number | null): string {
	const text = value === null ? "" : String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function checksOf(result: Result): Check[] {
	const { trust, sentence, flags } = validityOf(result);
	const validity: Check = { suite: "validity", name: "the measurement is valid" };
	if (trust === "invalid") validity.failure = [sentence, ...flags.map(flagLine)].join("\n");
	const groups = result.groups.flatMap(({ transport, path, counts }): Check[] => {
		const suite = `${transport} ${path}`;
		const { sessionsTried, sessionsOpen, sent, lost, doubled } = counts;
		const check = (name: string, failed: boolean, failure: string): Check =>
			failed ? { suite, name, failure } : { suite, name };
		return [
			check(
				"every session opened",
				sessionsOpen < sessionsTried,
				`${showCount(sessionsOpen)} of ${counted(sessionsTried, "session")} opened`,
			),
			check(
				"no message was lost",
				lost > 0,
				`${showCount(lost)} of ${counted(sent, "message")} never acknowledged`,
			),
			check("no message was doubled", doubled > 0, `${counted(doubled, "message")} acknowledged twice`),
		];
	});
	return [validity, ...groups];
}
