/**
 * Templates of what differs between clients: `{n}` (the client's number), `{path}`, `{transport}`, `{seed}`,
 * `{random}`, `{env.NAME}` (an environment variable), `{row.NAME}` (a column of `--data`), and in messages `{seq}`, a
 * number of the message's own. Braces around anything but a word stay as they are.
 */
import { UsageError } from "../../worker/command-line/command.ts";
import { randomFrom } from "./random.ts";
import type { Row } from "./rows.ts";

/** The values of a template's placeholders. */
export interface TemplateValues {
	readonly n: number;
	readonly path: string;
	readonly transport: string;
	readonly seed: number;
	/** In messages only. */
	readonly seq?: number;
	/** The client's row of `--data`. */
	readonly row?: Row;
}

/** What every template may contain. */
const WORDS = ["n", "path", "transport", "seed", "random", "env.NAME"];
const PLACEHOLDER = /\{([A-Za-z_]\w*(?:\.[\w-]+)?)\}/g;

/** Throws a UsageError that names `flag` when a template has a placeholder that is not among these and `more`, or an unset variable. */
export function checkTemplate(template: string, flag: string, more: readonly string[]): void {
	const words = [...WORDS, ...more];
	for (const [, name = ""] of template.matchAll(PLACEHOLDER)) {
		const variable = variableOf(name);
		if (variable !== null && process.env[variable] === undefined)
			throw new UsageError(`${flag}: the environment variable ${variable} is not set; export it first.`);
		if (variable === null && !words.includes(name))
			throw new UsageError(
				`${flag}: unknown placeholder {${name}}; use any of ${words.map((word) => `{${word}}`).join(", ")}.`,
			);
	}
}

/** Fills one template. `{random}` is 8 characters, the same for the same seed and client. */
export function fill(template: string, values: TemplateValues, quoted = (text: string) => text): string {
	return template.replace(PLACEHOLDER, (whole, name: string) => {
		const value = wordOf(name, values);
		return value === undefined ? whole : quoted(value);
	});
}

function wordOf(name: string, values: TemplateValues): string | undefined {
	const variable = variableOf(name);
	if (variable !== null) return process.env[variable];
	if (name === "random") return randomWord(values);
	if (name.startsWith("row.")) {
		const value = values.row?.[name.slice("row.".length)];
		return value === undefined ? undefined : String(value);
	}
	return Object.hasOwn(values, name) ? String(values[name as keyof TemplateValues]) : undefined;
}

function variableOf(name: string): string | null {
	return name.startsWith("env.") ? name.slice("env.".length) : null;
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

/** Fills all texts of a value; a text that is nothing but `{n}` or `{seq}` becomes the number. */
export function fillValue(value: unknown, values: TemplateValues): unknown {
	if (typeof value === "string") {
		if (value === "{n}") return values.n;
		return value === "{seq}" && values.seq !== undefined ? values.seq : fill(value, values);
	}
	if (Array.isArray(value)) return value.map((item) => fillValue(item, values));
	if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
		return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillValue(item, values)]));
}

/** Fills a JSON template and parses it. Throws a UsageError that names `flag`, not the value. */
export function fillJson(template: string, values: TemplateValues, flag: string): unknown {
	try {
		return JSON.parse(fill(template, values, (text) => JSON.stringify(text).slice(1, -1)));
	} catch {
		throw new UsageError(`${flag} is not JSON; write for example ${flag} '{"token":"user-{n}"}'.`);
	}
}

/** Fills a JSON template whose value must be an object. Throws a UsageError that names `flag`, not the value. */
export function fillObject(template: string, values: TemplateValues, flag: string): Record<string, unknown> {
	const value = fillJson(template, values, flag);
	if (typeof value === "object" && value !== null && !Array.isArray(value))
		return value as Record<string, unknown>;
	throw new UsageError(`${flag}: must be a JSON object; write for example ${flag} '{"token":"user-{n}"}'.`);
}
