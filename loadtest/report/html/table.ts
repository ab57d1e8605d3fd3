/** Tables as HTML, from the same cells as text and Markdown. */
import type { Table } from "../values/table.ts";
import { type Markup, markup } from "./markup.ts";

/** A table under its caption. */
export function htmlTable(table: Table): Markup {
	return markup`<h3>${table.caption}</h3>${bodyOf(table)}`;
}

/** A long table, closed until the reader opens it; works without JavaScript. */
export function foldedTable(table: Table): Markup {
	return markup`<details><summary>${table.caption}</summary>${bodyOf(table)}</details>`;
}

/** The table and its notes; on a narrow screen it scrolls sideways on its own. */
function bodyOf(table: Table): Markup {
	const side = (at: number) => (table.columns[at]?.align === "right" ? markup` class="r"` : "");
	const head = table.columns.map((column, at) => markup`<th scope="col"${side(at)}>${column.title}</th>`);
	const rows = table.cells.map(
		(row) => markup`<tr>${row.map((cell, at) => markup`<td${side(at)}>${cell}</td>`)}</tr>`,
	);
	const notes = table.notes.map((note) => markup`<p class="note">${note}</p>`);
	return markup`<div class="scroll" tabindex="0" role="region" aria-label="${table.caption}"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>${notes}`;
}
