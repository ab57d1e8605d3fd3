/** Rejects templates, messages and rows that cannot be sent, and answers that cannot be matched. */
import { validateHeaderValue } from "node:http";
import { UsageError } from "../../worker/command-line/command.ts";
import type { Settings } from "./fields.ts";
import type { Path } from "./load-group.ts";
import { settingsFor } from "./path-settings.ts";
import { queryOf } from "./paths.ts";
import { type Row, readRows, rowWords } from "./rows.ts";
import type { Scenario } from "./scenario.ts";
import { checkTemplate, fill, fillJson, fillObject } from "./template.ts";

/** Throws a UsageError that names the flag and the fix. */
export function checkMessages(settings: Settings, scenario: Scenario, paths: readonly Path[]): void {
	const rows = settings.data === "" ? [] : readRows(settings.data);
	checkRows(rows, settings, paths);
	checkOneMessage(settings, scenario);
	checkAnswers(settings, scenario);
	const words = rowWords(rows);
	const used = rows.slice(0, sessionsOf(settings, paths));
	for (const path of paths) checkTemplates(settingsFor(settings, path.name), path, words, used);
	for (const [at, step] of (scenario.flow ?? []).entries())
		if ("emit" in step && Array.isArray(step.args))
			for (const text of textsIn(step.args)) checkTemplate(text, `flow[${at}]`, ["seq", ...words]);
}

/** Each session is a user of its own: an application may end the older one of two sessions of one user. */
function checkRows(
	rows: readonly Row[],
	{ data, clients, transports }: Settings,
	paths: readonly Path[],
): void {
	const needed = sessionsOf({ clients, transports }, paths);
	if (data === "" || rows.length >= needed) return;
	throw new UsageError(
		`--data ${data} has ${rows.length} rows, and ${needed} are needed: one for each of ${clients} clients in each of ${needed / clients} load groups; add rows, or lower --clients or --transports.`,
	);
}

/** The sessions of all load groups. */
function sessionsOf(
	{ clients, transports }: Pick<Settings, "clients" | "transports">,
	paths: readonly Path[],
): number {
	return clients * transports.length * paths.length;
}

function checkOneMessage({ message, args, binary }: Settings, { file, ...code }: Scenario): void {
	const given = [
		...(message === "" ? [] : ["--message"]),
		...(args === "" ? [] : ["--args"]),
		...(binary ? ["--binary"] : []),
		...(code.message === undefined ? [] : [`message() of ${file}`]),
		...(code.args === undefined ? [] : [`args() of ${file}`]),
	];
	if (given.length > 1) throw new UsageError(`${given.join(" and ")} are both given; give one of them.`);
}

function checkAnswers({ ack, ackMatch, message, args }: Settings, scenario: Scenario): void {
	const { activity } = scenario;
	if (ack !== "" && (activity === "fanout" || activity === "flow"))
		throw new UsageError(`--ack ${ack}: ${activity} needs acknowledgements; leave --ack out.`);
	if (ackMatch === "") return;
	if (ack === "")
		throw new UsageError(
			`--ack-match ${ackMatch}: give the answer's event with --ack; acknowledgements are matched by Socket.IO's own id.`,
		);
	if (scenario.message === undefined && scenario.args === undefined && !`${message}${args}`.includes("{seq}"))
		throw new UsageError(
			`--ack-match ${ackMatch}: no message has a {seq} to match; add it to --message or --args, for example --message '{"id":{seq}}'.`,
		);
}

/** `rows` are those that the sessions use, of which each may hold a value that cannot be sent. */
function checkTemplates(
	settings: Settings,
	path: Path,
	words: readonly string[],
	rows: readonly Row[],
): void {
	const { auth, message, args, namespace, query, headers } = settings;
	const valuesOf = (row: Row) => ({ n: 0, path: "", transport: "", seed: 0, seq: 0, row });
	const all = (rows.length > 0 ? rows : [{}]).map(valuesOf);
	for (const url of path.urls)
		for (const value of Object.values(queryOf(url))) checkTemplate(value, "the URL's query", words);
	checkTemplate(namespace, "--namespace", words);
	for (const value of Object.values(query)) checkTemplate(value, "--query", words);
	for (const [name, value] of Object.entries(headers)) {
		checkTemplate(value, "--header", words);
		for (const values of all) checkHeaderValue(name, fill(value, values));
	}
	checkTemplate(auth, "--auth", words);
	checkTemplate(message, "--message", ["seq", ...words]);
	checkTemplate(args, "--args", ["seq", ...words]);
	for (const values of all) {
		if (auth !== "") fillObject(auth, values, "--auth");
		if (message !== "") fillJson(message, values, "--message");
		if (args !== "" && !Array.isArray(fillJson(args, values, "--args")))
			throw new UsageError(`--args is not a JSON array; write for example --args '["room",{"id":{seq}}]'.`);
	}
}

function checkHeaderValue(name: string, value: string): void {
	try {
		validateHeaderValue(name, value);
	} catch {
		throw new UsageError(`--header ${name}: HTTP does not allow a character of its value; encode it.`);
	}
}

/** All texts in a value. */
function* textsIn(value: unknown): Generator<string> {
	if (typeof value === "string") yield value;
	else if (typeof value === "object" && value !== null)
		for (const item of Object.values(value)) yield* textsIn(item);
}
