/**
 * The placeholders of templates: `{n}` (the client's number), `{path}`, `{transport}`, `{seed}`, `{random}`, in messages
 * `{seq}`, a number of the message's own, and where the swarm runs `{env.NAME}` and `{row.NAME}`. Braces around anything
 * but a word stay as they are. k6's scripts load this file: no Node imports.
 */
import { randomFrom } from "./random.ts";

/** The values of a template's placeholders. */
export interface TemplateValues {
	readonly n: number;
	readonly path: string;
	readonly transport: string;
	readonly seed: number;
	/** In messages only. */
	readonly seq?: number;
	/** The client's row of `--data`. */
	readonly row?: Readonly<Record<string, unknown>>;
	readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What every template may contain. */
export const WORDS: readonly string[] = ["n", "path", "transport", "seed", "random"];
const PLACEHOLDER = /\{([A-Za-z_]\w*(?:\.[\w-]+)?)\}/g;

/** The words of a template's placeholders. */
export function wordsIn(template: string): string[] {
	return [...template.matchAll(PLACEHOLDER)].map(([, word = ""]) => word);
}

/** Words as a list of placeholders: `{n}, {path}`. */
export function asPlaceholders(words: readonly string[]): string {
	return words.map((word) => `{${word}}`).join(", ");
}

/** Fills one template. `{random}` is 8 characters, the same for the same seed and client. */
export function fillTemplate(
	template: string,
	values: TemplateValues,
	quoted = (text: string) => text,
): string {
	return template.replace(PLACEHOLDER, (whole, word: string) => {
		const value = wordValue(word, values);
		return value === undefined ? whole : quoted(value);
	});
}

/** Fills a JSON template and parses it. Throws a SyntaxError. */
export function parseTemplate(template: string, values: TemplateValues): unknown {
	return JSON.parse(fillTemplate(template, values, (text) => JSON.stringify(text).slice(1, -1)));
}

function wordValue(word: string, values: TemplateValues): string | undefined {
	if (word === "random") return randomWord(values);
	const [table, key] = word.split(".");
	if (key !== undefined) {
		const value = table === "env" ? values.env?.[key] : table === "row" ? values.row?.[key] : undefined;
		// A row of JSON lines may hold tables.
		if (typeof value === "object" && value !== null) return JSON.stringify(value);
		return value === undefined ? undefined : String(value);
	}
	if (word === "seq") return values.seq?.toString();
	return WORDS.includes(word) ? String(values[word as "n" | "path" | "transport" | "seed"]) : undefined;
}

function randomWord({ seed, n }: TemplateValues): string {
	const random = randomFrom(seed * 1_000_003 + n);
	return Array.from({ length: 8 }, () => Math.floor(random() * 36).toString(36)).join("");
}
