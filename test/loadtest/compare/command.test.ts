/** What the two commands refuse, and the words they refuse it with. */
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
	["a file that is not there", ["report", "none.json"], "none.json cannot be read (ENOENT)"],
	["a file that is no result", ["report", NO_RESULT], "is not JSON"],
	[
		"a format that is none",
		["report", "x.json", "--format", "pdf"],
		"Allowed choices are text, markdown, html",
	],
	["no file at all", ["compare"], "missing required argument 'results'"],
	[
		"a margin that is no number",
		["compare", "x.json", "--margin", "wide"],
		"Give a percentage from 0 to 1000",
	],
	[
		"two other sides",
		["compare", "x.json", "--against", "y.json", "--baseline", "main"],
		"Give one of --against, --baseline and --path",
	],
	["half a path comparison", ["compare", run, "--path", "edge"], "--path and --against-path go together"],
	[
		"a path that was not measured",
		["compare", run, "--path", "edge", "--against-path", "cdn"],
		"name two of their paths",
	],
	[
		"a primary that was not measured",
		["compare", run, "--primary", "p99 polling edge"],
		"is not QUANTILE TRANSPORT PATH",
	],
	["a baseline's name with a path in it", ["compare", run, "--save", "../x"], 'Baseline name "../x"'],
	["merge without --out", ["report", "merge", run, other], "required option '--out <file>' not specified"],
])("%s is refused", async (_, [name, ...argv], text) => {
	const command = name === "report" ? reportCommand : compareCommand;
	const refusal = await command(argv, new AbortController().signal).catch((error: Error) => error.message);
	expect(refusal).toContain(text);
	expect(String(refusal)).not.toContain("\n");
});
