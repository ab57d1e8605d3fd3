/** The flags of `npm run swarm`, read into plan options. */
import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { newCommand, UsageError, wholeNumber } from "../../worker/command-line/command.ts";
import { FIELDS, type FieldName, flagOf, rowOf } from "./fields.ts";
import type { PlanOptions } from "./plan.ts";
import { SCENARIOS } from "./scenarios.ts";
import { afterColon, ValueError } from "./values.ts";

/** What the command does with its results. */
export interface OutputOptions {
	readonly out: string | undefined;
	readonly quiet: boolean;
	readonly json: boolean;
	/** File of limits that decide the exit code. */
	readonly budget: string | undefined;
	/** Runs made one after the other, as one series. */
	readonly repeat: number;
}

/** What the command line asks for. */
export interface Flags {
	/** `scenario` is a name or a file here. */
	readonly options: PlanOptions & { scenario?: string };
	readonly output: OutputOptions;
}

/** Reads argv (without node and script). Throws commander's errors and UsageError. */
export function readFlags(argv: readonly string[]): Flags {
	const fields = fieldFlags(Object.keys(FIELDS) as FieldName[]);
	const command = newCommand(
		"npm run swarm --",
		"One load run with real Socket.IO clients, written to a result file. Also: npm run swarm -- check URL (one session on each transport), npm run swarm -- calibrate (what this machine can generate); each has its own --help.",
	).argument("[url]", "the target, for example https://localhost:8443");
	for (const { option } of fields) command.addOption(option);
	command
		.option("--out <file>", "result file (default: reports/swarm-….json)")
		.option(
			"--repeat <n>",
			"make this many runs, one after the other, as one series for compare",
			wholeNumber(1, 1000),
		)
		.option("--budget <file>", "a file of limits, one per line, that each run must keep")
		.option("--json", "print the result file's JSON instead of the report")
		.option("--quiet", "print no progress")
		.addHelpText("after", `\n${scenarioList()}`)
		.parse([...argv], { from: "user" });
	const { out, budget, quiet = false, json = false, repeat = 1 } = command.opts<Partial<OutputOptions>>();
	return { options: given(command, fields), output: { out, budget, quiet, json, repeat } };
}

/** The fields that say how to reach a target and what it answers, and not how much load it gets. */
const REACH: readonly FieldName[] = [
	...(["scenario", "paths", "transports", "connectTimeout", "ackTimeout", "sources"] as const),
	...(["insecure", "ca", "cert", "key", "resolve", "cookies", "pollingAgent", "plainClient"] as const),
	...(["probe", "event", "payload", "binary", "message", "args", "parser", "ack", "ackMatch"] as const),
	...(["hear", "hearSeq", "data", "seed", "namespace", "auth", "query", "headers"] as const),
	...(["pathHeaders", "pathSet", "socketPath", "policyPort"] as const),
];

/** Reads the flags of `swarm check`. Throws commander's errors and UsageError. */
export function readCheckFlags(argv: readonly string[]): Pick<Flags, "options"> & { json: boolean } {
	const fields = fieldFlags(REACH);
	const command = newCommand(
		"npm run swarm -- check",
		"Opens one session on each transport at each address, sends one message, and prints how long each phase took, or the cause of the failure with its fix. Exit code 0 when all work, 1 when one fails.",
	).argument("[url]", "the target, for example https://localhost:8443");
	for (const { option } of fields) command.addOption(option);
	command.option("--json", "print JSON instead of lines").parse([...argv], { from: "user" });
	const { json = false } = command.opts<{ json?: boolean }>();
	return { options: given(command, fields), json };
}

interface FieldFlag {
	readonly name: FieldName;
	readonly option: Option;
}

function fieldFlags(names: readonly FieldName[]): FieldFlag[] {
	return names.flatMap((name) => {
		const { flag, help } = rowOf(name);
		return flag === null ? [] : [{ name, option: optionFor(name, flag, `${help}${defaultText(name)}`) }];
	});
}

/** The target and the fields that a parsed command line has. */
function given(command: Command, fields: readonly FieldFlag[]): Flags["options"] {
	const parsed = command.opts<Record<string, unknown>>();
	const values = fields.flatMap(({ name, option }): [string, unknown][] => {
		const value = parsed[option.attributeName()];
		// Commander gives --no-… the value true when it is absent.
		const isAbsent = value === undefined || (option.negate && value === true);
		return isAbsent ? [] : [[name, value]];
	});
	const [url] = command.args;
	return { ...Object.fromEntries(values), ...(url !== undefined && { url }) };
}

/** A commander option that reads a field's values. */
export function optionFor(name: FieldName, flag: string, help: string): Option {
	const option = new Option(flag, help);
	return flag.includes("<") ? option.argParser((text, before) => readValue(name, text, before)) : option;
}

function readValue(name: FieldName, text: string, before: unknown): unknown {
	try {
		return textsIn(name, text).reduce((value, one) => rowOf(name).kind.read(one, value), before);
	} catch (error) {
		if (!(error instanceof ValueError)) throw error;
		// Commander would repeat the value.
		if (error.secret) throw new UsageError(`${flagOf(name)}: ${afterColon(error.message)}`);
		throw new InvalidArgumentError(error.message);
	}
}

/** Before a file's name: nothing, or the path that `--path-header` and `--path-set` name. */
const FILE_VALUE: Partial<Record<FieldName, RegExp>> = {
	auth: /^()@(.+)$/,
	headers: /^()@(.+)$/,
	pathHeaders: /^([^=:]+=)@(.+)$/,
	pathSet: /^([^=]+\.(?:auth|header)=)@(.+)$/,
};

/** The values that a flag's text gives: itself, or what `@file` holds, of headers one a line. */
function textsIn(name: FieldName, text: string): string[] {
	const [, prefix = "", file] = FILE_VALUE[name]?.exec(text) ?? [];
	if (file === undefined) return [text];
	let content: string;
	try {
		content = readFileSync(file, "utf8").trim();
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw new UsageError(`${flagOf(name)} ${text}: cannot be read (${code}); give the path of a text file.`);
	}
	const isAuth = name === "auth" || prefix.endsWith(".auth=");
	const values = isAuth ? [content] : content.split(/\r?\n/).filter((line) => line.trim() !== "");
	return values.map((value) => `${prefix}${value}`);
}

/** Empty where there is none, or the help says what is chosen. */
function defaultText(name: FieldName): string {
	const { default: usual } = rowOf(name);
	const text = Array.isArray(usual) ? usual.join(",") : usual;
	const shown = typeof text === "string" ? text !== "" : typeof text === "number" && text > 0;
	return shown ? ` (default: ${text})` : "";
}

function scenarioList(): string {
	const width = Math.max(...Object.keys(SCENARIOS).map((name) => name.length));
	const lines = Object.values(SCENARIOS).map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`);
	return ["Scenarios:", ...lines].join("\n");
}
