/** The report as CSV (RFC 4180): one line for each transport × path × metric. */
import type { Result } from "../record/result.ts";
import { rowsOf } from "./rows.ts";

const COLUMNS = ["transport", "path", "metric", "count", "min", "p50", "p90", "p99", "p999", "max"] as const;

/** Times in milliseconds; an empty field where the sample cannot support the quantile. */
export function reportCsv(result: Result): string {
	const lines = rowsOf(result).map((row) => COLUMNS.map((column) => field(row[column])).join(","));
	return `${[COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}

function field(value: string | number | null): string {
	const text = value === null ? "" : String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
