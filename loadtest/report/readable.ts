/** Reading a result back from whatever carries one: its own JSON file, or an HTML report made from it. */
import { readFile } from "node:fs/promises";
import { CommandError, EXIT } from "../../worker/selfhost/command.ts";
import { parseResult } from "../record/load.ts";
import type { Result } from "../record/result.ts";
import { DATA_ID } from "./page/document.ts";

/** Loads and validates a result. Throws a CommandError that names the file, the field and the cure. */
export async function loadReadable(file: string): Promise<Result> {
	let text: string;
	try {
		text = await readFile(file, "utf8");
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? String(error);
		const cure = "name a result file that `npm run swarm` wrote, or an HTML report of one.";
		throw new CommandError(`${file} cannot be read (${code}): ${cure}`, EXIT.usage);
	}
	return parseResult(embeddedData(text) ?? text, file);
}

/** The JSON inside an HTML report, or undefined when the text is no HTML report. */
export function embeddedData(text: string): string | undefined {
	const open = `<script type="application/json" id="${DATA_ID}">`;
	const start = text.indexOf(open);
	if (start < 0) return undefined;
	return text.slice(start + open.length, text.indexOf("</script>", start));
}
