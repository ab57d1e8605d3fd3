/**
 * Templates of what differs between clients: `{n}` (the client's number), `{path}`, `{transport}`, `{seed}`, `{random}`,
 * and in messages `{seq}` (the message's number).
 */
import { UsageError } from "../../worker/command-line/command.ts";
import { randomFrom } from "./random.ts";

/** The values of a template's placeholders. */
export interface TemplateValues {
	readonly n: number;
	readonly path: string;
	readonly transport: string;
	readonly seed: number;
	/** In messages only. */
	readonly seq?: number;
}

const PLACEHOLDER = /\{(n|path|transport|seed|random|seq)\}/g;

/** Fills one template. `{random}` is 8 characters, the same for the same seed and client. */
export function fill(template: string, values: TemplateValues): string {
	return template.replace(PLACEHOLDER, (placeholder, name: string) =>
		name === "random" ? randomWord(values) : String(values[name as keyof TemplateValues] ?? placeholder),
	);
}

function randomWord({ seed, n }: TemplateValues): string {
	const random = randomFrom(seed * 1_000_003 + n);
	return Array.from({ length: 8 }, () => Math.floor(random() * 36).toString(36)).join("");
}

/** Fills every value of a record. */
export function fillAll(
	record: Readonly<Record<string, string>>,
	values: TemplateValues,
): Record<string, string> {
	return Object.fromEntries(Object.entries(record).map(([key, template]) => [key, fill(template, values)]));
}

/** Fills a JSON template and parses it. Throws a UsageError that names `flag`, not the value. */
export function fillJson(template: string, values: TemplateValues, flag: string): unknown {
	try {
		return JSON.parse(fill(template, values));
	} catch {
		throw new UsageError(`${flag} is not JSON; write for example ${flag} '{"token":"user-{n}"}'.`);
	}
}
