/** `--format` and `--out`, which report and compare share. */
import { type Command, Option } from "commander";
import { deliver } from "../../worker/command-line/files.ts";

/** Output formats by name, each a function that renders the subject as a string ending with a newline. */
export type Formats<Subject> = Readonly<Record<string, (subject: Subject) => string>>;

/** The two flags as parsed. */
export interface OutputFlags {
	format: string;
	out?: string;
}

/** Adds both flags to a command; the format is text by default. */
export function addOutputFlags(command: Command, formats: Formats<never>): Command {
	return command
		.addOption(new Option("--format <format>", "output format").choices(Object.keys(formats)).default("text"))
		.option("--out <file>", "write to this file instead of stdout");
}

/** Renders the subject as the flags say, and writes it. */
export async function writeOutput<Subject>(
	subject: Subject,
	formats: Formats<Subject>,
	{ format, out }: OutputFlags,
): Promise<void> {
	const render = formats[format];
	if (render !== undefined) await deliver(render(subject), out);
}
