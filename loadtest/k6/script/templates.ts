/** What differs between clients: templates with the swarm's placeholders, checked once and filled for each client. */
import {
	asPlaceholders,
	fillTemplate,
	parseTemplate,
	type TemplateValues,
	WORDS,
	wordsIn,
} from "../../plan/placeholders.ts";
import type { K6Transport, Settings } from "./settings.ts";
import { SettingError, type Variable } from "./variables.ts";

/** The settings that are templates; empty texts stand for none. */
export interface Templates {
	/** With its slash. */
	readonly namespace: string;
	/** JSON object. */
	readonly auth: string;
	/** As in the URL, without a leading `&`. */
	readonly query: string;
	readonly headers: Readonly<Record<string, string>>;
	/** JSON, and a JSON array. */
	readonly message: string;
	readonly args: string;
}

/** One client's own settings. */
export interface ClientSettings extends Omit<Settings, "auth"> {
	/** null = none. */
	readonly auth: Readonly<Record<string, unknown>> | null;
	/** The arguments of a message; `seq` is the message's own number. */
	messageArgs(seq: number): readonly unknown[];
}

/** Throws a SettingError that names the variable, and not its value, which may be a secret. */
export function checkTemplates({ namespace, auth, query, headers, message, args }: Templates): void {
	check("SIO_NAMESPACE", namespace, WORDS);
	check("SIO_AUTH", auth, WORDS);
	check("SIO_QUERY", query, WORDS);
	for (const header of Object.values(headers)) check("SIO_HEADERS", header, WORDS);
	check("SIO_MESSAGE", message, [...WORDS, "seq"]);
	check("SIO_ARGS", args, [...WORDS, "seq"]);
	const values = { n: 0, path: "", transport: "", seed: 0, seq: 0 };
	if (auth !== "" && !isTable(parsed("SIO_AUTH", auth, values)))
		throw new SettingError("SIO_AUTH", null, OBJECT_WANTED);
	if (message !== "") parsed("SIO_MESSAGE", message, values);
	if (args !== "" && !Array.isArray(parsed("SIO_ARGS", args, values)))
		throw new SettingError("SIO_ARGS", null, 'write a JSON array like ["room",{"id":{seq}}]');
}

const OBJECT_WANTED = 'write a JSON object like {"token":"…"}';

function check(name: Variable, template: string, words: readonly string[]): void {
	for (const word of wordsIn(template)) {
		if (words.includes(word)) continue;
		const [table] = word.split(".");
		if (table === "row")
			throw new SettingError(name, null, `k6 has no --data for {${word}}; use npm run swarm, or {n}`);
		if (table === "env")
			throw new SettingError(name, null, `k6 does not fill {${word}}; let the shell put the value in`);
		throw new SettingError(name, null, `unknown placeholder {${word}}; use any of ${asPlaceholders(words)}`);
	}
}

function parsed(name: Variable, template: string, values: TemplateValues): unknown {
	try {
		return parseTemplate(template, values);
	} catch {
		throw new SettingError(name, null, name === "SIO_AUTH" ? OBJECT_WANTED : 'write JSON like {"id":{seq}}');
	}
}

function isTable(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The settings of client `n`. */
export function settingsOf(settings: Settings, n: number): ClientSettings {
	const values = { n, path: settings.pathName, transport: settings.transport, seed: settings.seed };
	const { namespace, auth, query, headers } = settings;
	const filled = Object.entries(headers).map(([name, text]) => [name, fillTemplate(text, values)]);
	return {
		...settings,
		namespace: fillTemplate(namespace, values),
		auth: auth === "" ? null : (parseTemplate(auth, values) as Record<string, unknown>),
		query: fillTemplate(query, values, encodeURIComponent),
		headers: Object.fromEntries(filled) as Record<string, string>,
		messageArgs: messageArgsOf(settings, values),
	};
}

type Message = Pick<Settings, "message" | "args" | "payload" | "binary">;

function messageArgsOf(
	{ message, args, payload, binary }: Message,
	values: TemplateValues & { readonly transport: K6Transport },
): (seq: number) => readonly unknown[] {
	const template = args === "" ? message : args;
	const make = (seq: number): readonly unknown[] => {
		if (template === "") return [payloadOf(payload, binary)];
		const value = parseTemplate(template, { ...values, seq });
		return args === "" ? [value] : (value as readonly unknown[]);
	};
	if (wordsIn(template).includes("seq")) return make;
	const always = make(0);
	return () => always;
}

/** As many bytes as the settings say, as text (one byte per character) or as bytes. */
function payloadOf(payload: number, binary: boolean): string | ArrayBuffer {
	return binary ? new Uint8Array(payload).fill(0x78).buffer : "x".repeat(payload);
}
