/** Every client against every kind of node, through an edge: what works is what the table in worker/README.md says. */
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT } from "../../worker/command-line/project.ts";
import { edgeDefaults } from "../../worker/selfhost/edge.ts";
import { CLIENTS, MODES } from "../support/matrix/clients.ts";
import { type ColumnResult, runColumn } from "../support/matrix/column.ts";
import { type Cell, FACTS, factsOf, isProvable, type Lack, lacks } from "../support/matrix/facts.ts";
import { NODES } from "../support/matrix/nodes.ts";
import { ClientProcess } from "../support/matrix/sessions.ts";
import { renderTable, tableIn, withTable } from "../support/matrix/table.ts";
import { built, missingTools } from "../support/matrix/toolchains.ts";

const GUIDE = `${PROJECT}/worker/README.md`;
/** The first build of all languages. */
const BUILD_MS = 600_000;
const COLUMN_MS = 180_000;

const cells: readonly Cell[] = CLIENTS.flatMap((client) =>
	NODES.flatMap((node) => MODES.map((mode) => ({ client, node, mode }))),
);
const missing = (cell: Cell) => [
	...new Set([...missingTools(cell.client.needs), ...missingTools(cell.node.needs)]),
];
const missingToolsOf = new Map(cells.map((cell) => [cell, missing(cell)]));
const allTools = [...new Set([...missingToolsOf.values()].flat())];
const runnable = cells.filter((cell) => missingToolsOf.get(cell)!.length === 0);

/** What a cell's run checks: all steps but those that the facts exclude. */
function claimOf(cell: Cell): string {
	const has = (lack: Lack) => !lacks(cell, lack);
	const text = has("text beyond ASCII") ? "text" : "ASCII text";
	const claims = [
		...(has("steadiness") ? ["connects at once", "stays connected"] : ["connects"]),
		`echoes ${text}${has("bytes") ? " and bytes" : ""}`,
		...(has("reconnection") ? ["continues on another node after kill -9"] : []),
	];
	return new Intl.ListFormat("en").format(claims);
}

const processes = new Map<string, ClientProcess>();
const results = new Map<string, ColumnResult>();

beforeAll(async () => {
	const { certFile } = (await edgeDefaults()).certificate;
	// One after another: each build uses all cores.
	for (const client of CLIENTS) {
		if (!runnable.some((cell) => cell.client === client)) continue;
		processes.set(client.id, new ClientProcess(client.id, await client.command(), certFile));
	}
	if (runnable.some((cell) => cell.node.needs === "java")) await built("java");
}, BUILD_MS);

afterAll(async () => {
	await Promise.all([...processes.values()].map((process) => process[Symbol.asyncDispose]()));
});

describe.each(NODES)("clients of $id nodes", (node) => {
	const here = cells.filter((cell) => cell.node === node);
	const running = runnable.filter((cell) => cell.node === node);

	beforeAll(async () => {
		if (running.length > 0) results.set(node.id, await runColumn(node, running, processes));
	}, COLUMN_MS);

	for (const cell of here) {
		const tools = missingToolsOf.get(cell)!;
		const name = `${cell.client.name}, ${cell.mode}`;
		const skipped = tools.length > 0;
		const installHint = skipped ? ` (install ${tools.join(", ")} to run this)` : "";
		if (!lacks(cell, "all"))
			test.skipIf(skipped)(`${name}: ${claimOf(cell)}${installHint}`, () => {
				expect(results.get(node.id)!.failures.get(cell)).toBeNull();
			});
		if (isProvable(cell))
			test.skipIf(skipped)(`${name}: fails at the node itself where the facts say so${installHint}`, () => {
				expect(results.get(node.id)!.wrongFacts.get(cell)).toBeNull();
			});
	}

	test.skipIf(running.length === 0)("no node ends unless this test kills it", () => {
		expect(results.get(node.id)!.endedNodes).toEqual([]);
	});

	test.skipIf(running.length === 0)(
		"the edge reports the nodes UP, refuses no session, and has no internal error",
		() => {
			const { notUp, errors } = results.get(node.id)!;
			expect(notUp).toEqual([]);
			expect(errors).toEqual([]);
		},
	);
});

test("every fact is about at least one cell", () => {
	expect(FACTS.filter((fact) => !cells.some((cell) => factsOf(cell).includes(fact)))).toEqual([]);
});

test.skipIf(allTools.length > 0)(
	`the table in worker/README.md is what this run showed${allTools.length > 0 ? ` (install ${allTools.join(", ")} to run this)` : ""}`,
	async () => {
		const works = (cell: Cell) => results.get(cell.node.id)?.failures.get(cell) === null;
		const table = renderTable(cells, works);
		const guide = await readFile(GUIDE, "utf8");
		if (process.env["UPDATE_MATRIX"] === "1") await writeFile(GUIDE, withTable(guide, table));
		else expect(tableIn(guide)).toBe(table);
	},
);
