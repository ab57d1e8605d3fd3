/** The rows of `--data`: what differs from user to user, such as names and tokens. */
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { UsageError } from "../../worker/command-line/command.ts";

/** One user's values by column: texts from CSV, any value from JSON lines. */
export type Row = Readonly<Record<string, unknown>>;

/** Reads a CSV file with a header line (RFC 4180), or JSON lines. Throws a UsageError that names the line, not its values. */
export function readRows(file: string): readonly Row[] {
	let text: string;
	try {
		text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw new UsageError(`--data ${file} cannot be read (${code}); give a CSV file or JSON lines.`);
	}
	if (text.trimStart().startsWith("["))
		throw new UsageError(`--data ${file} is a JSON array; give JSON lines, an object on each.`);
	const rows = text.trimStart().startsWith("{") ? jsonLines(text, file) : csv(text, file);
	if (rows.length === 0) throw new UsageError(`--data ${file} has no rows; give one for each session.`);
	return rows;
}

function jsonLines(text: string, file: string): Row[] {
	return text.split("\n").flatMap((line, at) => {
		if (line.trim() === "") return [];
		try {
			const row: unknown = JSON.parse(line);
			if (typeof row === "object" && row !== null && !Array.isArray(row)) return [row as Row];
		} catch {
			// The parser's message would repeat the line.
		}
		throw new UsageError(`--data ${file}:${at + 1} is not a JSON object; give one on each line.`);
	});
}

/** Its message is the column's name. */
class DoubledColumn extends Error {}

/** Of two columns with one name the first would be lost. */
function uniqueColumns(names: readonly string[]): string[] {
	const doubled = names.find((name, at) => names.indexOf(name) !== at);
	if (doubled !== undefined) throw new DoubledColumn(doubled);
	return [...names];
}

function csv(text: string, file: string): Row[] {
	try {
		return parse(text, { columns: uniqueColumns, skip_empty_lines: true, trim: true });
	} catch (error) {
		if (error instanceof DoubledColumn)
			throw new UsageError(
				`--data ${file}: two columns have the name ${JSON.stringify(error.message)}; rename one of them.`,
			);
		const { code, lines } = error as { code?: string; lines?: number };
		throw new UsageError(
			`--data ${file}:${lines ?? 1} is not CSV (${code}); give a header line, then as many values on each line.`,
		);
	}
}

/** The placeholders of the columns that all rows have. */
export function rowWords(rows: readonly Row[]): string[] {
	const [first = {}] = rows;
	return Object.keys(first)
		.filter((column) => rows.every((row) => Object.hasOwn(row, column)))
		.map((column) => `row.${column}`);
}
