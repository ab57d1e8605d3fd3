/** Templates of what differs between clients, as the swarm fills them; placeholders.ts lists what they may contain. */
import { UsageError } from "../../worker/command-line/command.ts";
import {
	asPlaceholders,
	fillTemplate,
	parseTemplate,
	type TemplateValues,
	WORDS,
	wordsIn,
} from "./placeholders.ts";

/** Throws a UsageError that names `flag` when a template has a placeholder that is not among these and `more`, or an unset variable. */
export function checkTemplate(template: string, flag: string, more: readonly string[]): void {
	const words = [...WORDS, "env.NAME", ...more];
	for (const word of wordsIn(template)) {
		const variable = word.startsWith("env.") ? word.slice("env.".length) : null;
		if (variable !== null && process.env[variable] === undefined)
			throw new UsageError(`${flag}: the environment variable ${variable} is not set; export it first.`);
		if (variable === null && !words.includes(word))
			throw new UsageError(`${flag}: unknown placeholder {${word}}; use any of ${asPlaceholders(words)}.`);
	}
}

/** Fills one template. */
export function fill(template: string, values: TemplateValues): string {
	return fillTemplate(template, withEnvironment(values));
}

function withEnvironment(values: TemplateValues): TemplateValues {
	return { ...values, env: process.env };
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
		return parseTemplate(template, withEnvironment(values));
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
