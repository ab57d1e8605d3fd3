/** `npm run report -- R.json`: one result → text, Markdown, HTML, JSON, CSV or JUnit. */
import { Option } from "commander";
import { EXIT, newCommand } from "../../worker/command-line/command.ts";
import { deliver } from "../../worker/command-line/files.ts";
import { mergeCommand } from "./merge-command.ts";
import { loadReadable } from "./readable.ts";
import { REPORT_FORMATS, type ReportFormat, renderReport } from "./render.ts";
import { validityOf } from "./validity.ts";

/** Runs the command: 0 = valid, 3 = the run was invalid (its report is written all the same). */
export async function reportCommand(argv: string[], _stop: AbortSignal): Promise<number> {
	if (argv[0] === "merge") return mergeCommand(argv.slice(1));
	const command = newCommand(
		"report",
		"Shows one result file; `report merge A B --out F` makes one of several.",
	)
		.argument("<result>", "a result file of npm run swarm or k6, or an HTML report of one")
		.addOption(formatOption(REPORT_FORMATS))
		.option("--out <file>", "write there instead of to the terminal");
	command.parse(argv, { from: "user" });
	const { format, out } = command.opts<{ format: ReportFormat; out?: string }>();
	const result = await loadReadable(command.args[0] ?? "");
	await deliver(renderReport(result, format), out);
	return validityOf(result).trust === "invalid" ? EXIT.invalid : EXIT.ok;
}

/** `--format` with its choices; text unless told. */
export function formatOption(formats: readonly string[]): Option {
	return new Option("--format <format>", "how to write it").choices(formats).default("text");
}
