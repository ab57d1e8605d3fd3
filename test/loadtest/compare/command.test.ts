/** What the two commands refuse, and the messages. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { compareCommand } from "../../../loadtest/compare/command.ts";
import { reportCommand } from "../../../loadtest/report/command.ts";
import { drawResult } from "../../support/report/results.ts";

const folder = mkdtempSync(join(tmpdir(), "report-usage-"));
const run = join(folder, "run.json");
const other = join(folder, "other.json");
writeFileSync(run, JSON.stringify(drawResult({ transports: ["websocket"] })));
writeFileSync(other, JSON.stringify(drawResult({ transports: ["websocket"], seed: 2 })));
const NO_RESULT = join(folder, "page.txt");
writeFileSync(NO_RESULT, "no result");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each<[string, string[], string]>([
	["a missing file", ["report", "none.json"], "none.json cannot be read (ENOENT)"],
	["a file that is not a result", ["report", NO_RESULT], "is not JSON"],
	["an unknown format", ["report", "x.json", "--format", "pdf"], "Allowed choices are text, markdown, html"],
	["no file at all", ["compare"], "missing required argument 'results'"],
	[
		"a margin that is not a number",
		["compare", "x.json", "--margin", "wide"],
		"Give a percentage from 0 to 1000",
	],
	[
		"more than one base side",
		["compare", "x.json", "--against", "y.json", "--baseline", "main"],
		"Give one of --against, --baseline and --path",
	],
	[
		"--path without --against-path",
		["compare", run, "--path", "edge"],
		"--path and --against-path go together",
	],
	[
		"a path that was not measured",
		["compare", run, "--path", "edge", "--against-path", "cdn"],
		"name two of their paths",
	],
	[
		"a primary metric that was not measured",
		["compare", run, "--primary", "p99 polling edge"],
		"is not QUANTILE TRANSPORT PATH",
	],
	["a baseline name that contains a path", ["compare", run, "--save", "../x"], 'Baseline name "../x"'],
	["merge without --out", ["report", "merge", run, other], "required option '--out <file>' not specified"],
])("%s is refused", async (_, [name, ...argv], text) => {
	const command = name === "report" ? reportCommand : compareCommand;
	const refusal = await command(argv, new AbortController().signal).catch((error: Error) => error.message);
	expect(refusal).toContain(text);
	expect(String(refusal)).not.toContain("\n");
});
