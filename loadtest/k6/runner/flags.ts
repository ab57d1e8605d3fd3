/** The flags of `npm run k6`, translated to the environment variables of a script. */
import { type Command, CommanderError } from "commander";
import { newCommand, UsageError } from "../../../worker/command-line/command.ts";
import { FIELDS, type FieldName, flagOf } from "../../plan/fields.ts";
import { targetUrl } from "../../plan/paths.ts";
import { K6_TRANSPORTS, type K6Transport, type Settings, settingsFrom } from "../script/settings.ts";
import { SettingError, VARIABLES, type Variable } from "../script/variables.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The run to make. */
export interface RunOptions {
	readonly settings: Settings;
	/** Variables for the script: the caller's own `SIO_…`, overridden by flags. */
	readonly variables: Readonly<Record<string, string>>;
	/** The path's name in the result, and its URLs. */
	readonly path: { readonly name: string; readonly urls: readonly string[] };
	readonly output: OutputOptions;
}

export interface OutputOptions {
	/** The result file; null = named by date and time. */
	readonly out: string | null;
	/** File of limits that decide the exit code; null = none. */
	readonly budget: string | null;
	/** The file that keeps k6's own samples; null = not kept. */
	readonly samples: string | null;
	/** PEM file of a certificate authority to trust; null = only the system's. */
	readonly ca: string | null;
	readonly json: boolean;
	readonly quiet: boolean;
}

/** Flags that set a variable of the scripts, with the variable's description as help text. */
const VALUE_FLAGS: readonly (readonly [flag: string, placeholder: string, variable: Variable])[] = [
	["--path", "<name>", "SIO_PATH_NAME"],
	["--scenario", "<name>", "SIO_SCENARIO"],
	["--clients", "<n>", "SIO_CLIENTS"],
	["--rate", "<n>", "SIO_RATE"],
	["--duration", "<seconds>", "SIO_DURATION"],
	["--warmup", "<seconds>", "SIO_WARMUP"],
	["--connect-rate", "<n>", "SIO_CONNECT_RATE"],
	["--payload", "<bytes>", "SIO_PAYLOAD"],
	["--message", "<json>", "SIO_MESSAGE"],
	["--args", "<json>", "SIO_ARGS"],
	["--event", "<name>", "SIO_EVENT"],
	["--namespace", "<name>", "SIO_NAMESPACE"],
	["--seed", "<n>", "SIO_SEED"],
	["--ack-timeout", "<seconds>", "SIO_ACK_TIMEOUT"],
	["--max-loss", "<percent>", "SIO_MAX_LOSS"],
	["--socket-path", "<path>", "SIO_PATH"],
];
const SWITCHES: readonly (readonly [flag: string, variable: Variable])[] = [
	["--binary", "SIO_BINARY"],
	["--insecure", "SIO_INSECURE"],
];

/** Reads argv (without node and script). Throws UsageError and commander's errors. */
export function readFlags(argv: readonly string[], env: Env): RunOptions {
	const command = parsed(argv);
	const [transport, ...targets] = command.args as [K6Transport, ...string[]];
	if (!K6_TRANSPORTS.includes(transport))
		throw new UsageError(`Unknown transport "${transport}"; use one of: ${K6_TRANSPORTS.join(", ")}.`);
	const urls = targets.map((target) => targetUrl(target, "URL"));
	const given = command.opts<Record<string, string | true | undefined>>();
	const variables = { ...ownVariables(env), ...flagVariables(given), SIO_URL: urls.join(",") };
	const { out, budget, samples, ca, json, quiet } = given as Record<string, string | undefined>;
	const settings = checked(transport, variables);
	return {
		settings,
		variables,
		path: { name: settings.pathName, urls },
		output: {
			out: out ?? null,
			budget: budget ?? null,
			samples: samples ?? null,
			ca: ca ?? null,
			json: Boolean(json),
			quiet: Boolean(quiet),
		},
	};
}

/** The parsed command line. Throws commander's errors, and a UsageError for a flag that only the swarm has. */
function parsed(argv: readonly string[]): Command {
	try {
		return k6Flags().parse([...argv], { from: "user" });
	} catch (error) {
		const [, flag] =
			/unknown option '(--[\w-]+)/.exec(error instanceof CommanderError ? error.message : "") ?? [];
		if (flag === undefined || !SWARM_FLAGS.has(flag)) throw error;
		const variable = BY_VARIABLE[flag];
		throw new UsageError(
			variable === undefined
				? `${flag}: k6 cannot do that; use npm run swarm, or leave it out.`
				: `${flag}: k6 reads this from the environment; set ${variable}.`,
		);
	}
}

const SWARM_FLAGS = new Set([...(Object.keys(FIELDS) as FieldName[]).map(flagOf), "--repeat"]);

/** The swarm's flags that are no flags here, but variables: most may be secrets. */
const BY_VARIABLE: Readonly<Record<string, Variable>> = {
	"--auth": "SIO_AUTH",
	"--query": "SIO_QUERY",
	"--header": "SIO_HEADERS",
	"--connect-timeout": "SIO_CONNECT_TIMEOUT",
	"--cert": "SIO_CERT",
	"--key": "SIO_KEY",
};

function k6Flags(): Command {
	const command = newCommand(
		"npm run k6 --",
		"Makes one load run with k6 and writes a result file like the swarm's.",
	)
		.argument("<transport>", K6_TRANSPORTS.join(", "))
		.argument(
			"<urls...>",
			"the target, for example https://localhost:8443; sessions are spread over several",
		);
	for (const [flag, placeholder, variable] of VALUE_FLAGS)
		command.option(`${flag} ${placeholder}`, VARIABLES[variable]);
	for (const [flag, variable] of SWITCHES) command.option(flag, VARIABLES[variable].replace("`1`: ", ""));
	return command
		.option("--ca <file>", "PEM file of a certificate authority to trust (Linux)")
		.option("--out <file>", "the result file (default: reports/k6-….json)")
		.option("--budget <file>", "a file of limits, one per line, that the run must keep")
		.option("--samples <file>", "keep k6's own samples (JSON lines)")
		.option("--json", "print the result as JSON instead of the report")
		.option("--quiet", "print no progress")
		.addHelpText(
			"after",
			"\nSet auth, query, headers, TLS and thresholds with SIO_… variables: see loadtest/k6/README.md",
		);
}

function ownVariables(env: Env): Record<string, string> {
	const own: Record<string, string> = {};
	for (const name of Object.keys(VARIABLES)) if (env[name]) own[name] = env[name];
	return own;
}

function flagVariables(given: Readonly<Record<string, string | true | undefined>>): Record<string, string> {
	const variables: Record<string, string> = {};
	for (const [flag, , variable] of VALUE_FLAGS) {
		const value = given[keyOf(flag)];
		if (typeof value === "string") variables[variable] = value;
	}
	for (const [flag, variable] of SWITCHES) if (given[keyOf(flag)] === true) variables[variable] = "1";
	return variables;
}

/** The name that commander gives an option: `--ack-timeout` is `ackTimeout`. */
function keyOf(flag: string): string {
	return flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Validates like the script itself, but names the flag where there is one. */
function checked(transport: K6Transport, variables: Env): Settings {
	try {
		return settingsFrom(transport, variables);
	} catch (error) {
		if (!(error instanceof SettingError)) throw error;
		const flag = [...VALUE_FLAGS.map(([name, , variable]) => [name, variable] as const), ...SWITCHES].find(
			([, variable]) => variable === error.variable,
		);
		const value = error.value === null ? "" : ` "${error.value}"`;
		throw new UsageError(`${flag?.[0] ?? error.variable}${value}: ${error.fix}.`);
	}
}
