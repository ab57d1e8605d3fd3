/** Tables as text and as Markdown from the same columns and cells. */

/** One column: its heading and the alignment of its cells. */
export interface Column {
	title: string;
	align: "left" | "right";
}

/** A table with its caption; `cells` holds rows of formatted text, one cell per column. */
export interface Table {
	caption: string;
	columns: Column[];
	cells: string[][];
	/** Sentences below the table: what the figures mean, or why one is missing. */
	notes: string[];
}

/** A text column. */
export function left(title: string): Column {
	return { title, align: "left" };
}

/** A column of figures. */
export function right(title: string): Column {
	return { title, align: "right" };
}

/** Aligned columns, two spaces apart, with a rule under the headings. */
export function textTable(table: Table): string {
	const widths = table.columns.map((column, at) =>
		Math.max(column.title.length, ...table.cells.map((row) => cell(row, at).length)),
	);
	const line = (texts: string[]) =>
		table.columns
			.map((column, at) => padded(cell(texts, at), widths[at] ?? 0, column.align))
			.join("  ")
			.trimEnd();
	const lines = [
		line(table.columns.map((column) => column.title)),
		widths.map((w) => "─".repeat(w)).join("  "),
	];
	lines.push(...table.cells.map(line));
	const notes = table.notes.map((note) => `  ${note}`);
	return [table.caption, ...lines.map((each) => `  ${each}`), ...notes].join("\n");
}

/** A GitHub-flavoured Markdown table; pipes in cells are escaped. */
export function markdownTable(table: Table): string {
	const row = (texts: string[]) => `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
	const lines = [
		`**${table.caption}**`,
		"",
		row(table.columns.map((column) => column.title)),
		row(table.columns.map((column) => (column.align === "right" ? "--:" : ":--"))),
		...table.cells.map(row),
	];
	if (table.notes.length > 0) lines.push("", ...table.notes.map((note) => `<sub>${note}</sub>  `));
	return lines.join("\n");
}

function cell(row: string[], at: number): string {
	return row[at] ?? "";
}

function padded(text: string, width: number, align: Column["align"]): string {
	return align === "right" ? text.padStart(width) : text.padEnd(width);
}
