/** The table of the matrix in worker/README.md, between two comments. */
import { CLIENTS, MODES } from "./clients.ts";
import { type Cell, FACTS, type Fact, factsOf, lacks } from "./facts.ts";
import { NODES } from "./nodes.ts";

export const BEGIN =
	"<!-- matrix: written by UPDATE_MATRIX=1 npx vitest run --config test/vitest.long.config.ts edge-matrix -->";
export const END = "<!-- end of matrix -->";

/** Renders the table: what of each cell works, "–" where nothing does, and the facts as footnotes. */
export function renderTable(cells: readonly Cell[], works: (cell: Cell) => boolean): string {
	const used: Fact[] = [];
	const mark = (fact: Fact) => {
		if (!used.includes(fact)) used.push(fact);
		return used.indexOf(fact) + 1;
	};
	const rows = CLIENTS.map((client) => {
		const columns = NODES.map((node) => {
			const here = MODES.map((mode) => cells.find((cell) => isAt(cell, client.id, node.id, mode))!);
			const working = here.filter((cell) => !lacks(cell, "all") && works(cell));
			const modes = working.length === MODES.length ? "all" : working.map(({ mode }) => mode).join(", ");
			const text = modes === "" ? "–" : modes;
			const facts = FACTS.filter((fact) => here.some((cell) => factsOf(cell).includes(fact)));
			const marks = facts
				.map(mark)
				.sort((a, b) => a - b)
				.join(", ");
			return marks === "" ? text : `${text} (${marks})`;
		});
		return `| ${[client.name, ...columns].join(" | ")} |`;
	});
	const head = `| client | ${NODES.map(({ name }) => name).join(" | ")} |`;
	const line = `| --- |${" --- |".repeat(NODES.length)}`;
	return [head, line, ...rows, "", ...used.map((fact) => `${mark(fact)}. ${fact.reason}`)].join("\n");
}

function isAt({ client, node, mode }: Cell, ...place: string[]): boolean {
	return client.id === place[0] && node.id === place[1] && mode === place[2];
}

/** What stands between the two comments of a text. */
export function tableIn(text: string): string {
	const [begin, end] = place(text);
	return text.slice(begin, end).trim();
}

export function withTable(text: string, table: string): string {
	const [begin, end] = place(text);
	return `${text.slice(0, begin)}\n${table}\n${text.slice(end)}`;
}

function place(text: string): [begin: number, end: number] {
	const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
	if (begin < 0 || end < begin) throw new Error(`the text lacks ${BEGIN} or ${END}`);
	return [begin + BEGIN.length, end];
}
