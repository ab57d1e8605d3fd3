/**
 * The settings of a script, read from environment variables (`k6 run -e SIO_URL=…`); the runner passes its flags
 * the same way. Resolved and validated here, once for both. Imports nothing from k6.
 */
import { DEFAULTS } from "../../plan/fields.ts";
import type { Transport } from "../../plan/load-group.ts";
import { checkTemplates, type Templates } from "./templates.ts";
import { executorSeconds, oneOf, percentage, positiveNumber, share, wholeNumber } from "./value.ts";
import { SettingError, type Variable } from "./variables.ts";

/** Transports that have a script. */
export const K6_TRANSPORTS = [
	"polling",
	"websocket",
	"upgrade",
	"flashsocket",
] as const satisfies Transport[];
export type K6Transport = (typeof K6_TRANSPORTS)[number];

/** `echo`: sessions stay and send. `connect`: sessions open and leave, `rate` per second. */
export const SCENARIOS = ["echo", "connect"] as const;

/** Resolved settings; times are in seconds unless the name says otherwise. */
export interface Settings extends Templates {
	readonly transport: K6Transport;
	/** The path's name in the result, and the seed: values of templates. */
	readonly pathName: string;
	readonly seed: number;
	/** Origins, `https://host:port`; sessions are spread evenly over them. */
	readonly origins: readonly string[];
	readonly socketPath: string;
	readonly scenario: (typeof SCENARIOS)[number];
	readonly clients: number;
	readonly rate: number;
	readonly duration: number;
	readonly warmup: number;
	readonly connectRate: number;
	readonly payload: number;
	/** Send bytes instead of text. */
	readonly binary: boolean;
	readonly event: string;
	readonly ackTimeout: number;
	readonly connectTimeout: number;
	readonly insecure: boolean;
	readonly tlsMin: "tls1.2" | "tls1.3";
	/** PEM files of a client certificate, or null. */
	readonly cert: { readonly certFile: string; readonly keyFile: string } | null;
	/** Percentage of messages that may be lost. */
	readonly maxLoss: number;
	/** Thresholds of the user's own, null = none: milliseconds, milliseconds, and shares from 0 to 1. */
	readonly ackP95Ms: number | null;
	readonly loopLagP95Ms: number | null;
	readonly ackedShare: number | null;
	readonly connectedShare: number | null;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the environment. Throws a SettingError that names the variable, its value and the fix. */
export function settingsFrom(transport: K6Transport, env: Env): Settings {
	const given = (name: Variable) => env[name] || undefined;
	const { origins, namespace } = targets(given("SIO_URL"));
	const templates = templatesFrom(given, namespace);
	checkTemplates(templates);
	return {
		transport,
		...templates,
		origins,
		pathName: given("SIO_PATH_NAME") ?? "target",
		seed: wholeNumber("SIO_SEED", given("SIO_SEED"), 0, 0xffffffff, DEFAULTS.seed),
		socketPath: path(given("SIO_PATH") ?? DEFAULTS.socketPath),
		scenario: scenarioFrom(given("SIO_SCENARIO")),
		clients: wholeNumber("SIO_CLIENTS", given("SIO_CLIENTS"), 1, 100_000, DEFAULTS.clients),
		rate: positiveNumber("SIO_RATE", given("SIO_RATE"), DEFAULTS.rate),
		duration: executorSeconds("SIO_DURATION", given("SIO_DURATION"), DEFAULTS.duration),
		warmup: positiveNumber("SIO_WARMUP", given("SIO_WARMUP"), DEFAULTS.warmup),
		connectRate: positiveNumber("SIO_CONNECT_RATE", given("SIO_CONNECT_RATE"), DEFAULTS.connectRate),
		payload: wholeNumber("SIO_PAYLOAD", given("SIO_PAYLOAD"), 0, 100_000_000, DEFAULTS.payload),
		binary: oneOf("SIO_BINARY", given("SIO_BINARY"), ["0", "1"], "0") === "1",
		event: given("SIO_EVENT") ?? DEFAULTS.event,
		ackTimeout: positiveNumber("SIO_ACK_TIMEOUT", given("SIO_ACK_TIMEOUT"), DEFAULTS.ackTimeout),
		connectTimeout: positiveNumber(
			"SIO_CONNECT_TIMEOUT",
			given("SIO_CONNECT_TIMEOUT"),
			DEFAULTS.connectTimeout,
		),
		insecure: oneOf("SIO_INSECURE", given("SIO_INSECURE"), ["0", "1"], "0") === "1",
		tlsMin: oneOf("SIO_TLS_MIN", given("SIO_TLS_MIN"), ["tls1.2", "tls1.3"], "tls1.2"),
		cert: certificate(given("SIO_CERT"), given("SIO_KEY")),
		maxLoss: percentage("SIO_MAX_LOSS", given("SIO_MAX_LOSS"), DEFAULTS.maxLoss),
		ackP95Ms: positiveNumber("SIO_ACK_P95_MS", given("SIO_ACK_P95_MS"), null),
		loopLagP95Ms: positiveNumber("SIO_LOOP_LAG_P95_MS", given("SIO_LOOP_LAG_P95_MS"), null),
		ackedShare: share("SIO_ACKED_SHARE", given("SIO_ACKED_SHARE")),
		connectedShare: share("SIO_CONNECTED_SHARE", given("SIO_CONNECTED_SHARE")),
	};
}

function scenarioFrom(text: string | undefined): Settings["scenario"] {
	if (text === undefined) return "echo";
	const known = SCENARIOS.find((name) => name === text);
	if (known !== undefined) return known;
	throw new SettingError(
		"SIO_SCENARIO",
		text,
		"give echo or connect, or use npm run swarm for other scenarios",
	);
}

function templatesFrom(given: (name: Variable) => string | undefined, namespace: string): Templates {
	const text = (name: Variable) => given(name) ?? "";
	const named = text("SIO_NAMESPACE").replace(/^\/?/, "/");
	const messages = ["SIO_MESSAGE", "SIO_ARGS", "SIO_BINARY"] as const satisfies Variable[];
	const [first, second] = messages.filter((name) => text(name) !== "" && text(name) !== "0");
	if (first !== undefined && second !== undefined)
		throw new SettingError(second, null, `${first} is given too; give one of them`);
	return {
		namespace: named === "/" ? namespace : named,
		auth: text("SIO_AUTH"),
		query: text("SIO_QUERY").replace(/^[?&]/, ""),
		headers: texts("SIO_HEADERS", given("SIO_HEADERS")),
		message: text("SIO_MESSAGE"),
		args: text("SIO_ARGS"),
	};
}

/** k6 has no URL class. */
const URL_PARTS = /^(https?|wss?):\/\/([^/?#@\s]+)(\/[^?#\s]*)?$/;

function targets(text: string | undefined): { origins: string[]; namespace: string } {
	if (text === undefined) throw new SettingError("SIO_URL", "", "give a target like https://localhost:8443");
	const parts = text.split(",").map((url) => {
		const match = URL_PARTS.exec(url.trim());
		// A query or a password in it may be a secret.
		const shown = url.replace(/\?.*/s, "?…").replace(/(^|\/\/)[^/]*@/, "$1…@");
		if (!match) {
			const fix = url.includes("?") ? "; give its query with SIO_QUERY" : "";
			throw new SettingError("SIO_URL", shown, `write a URL like https://localhost:8443${fix}`);
		}
		return { origin: `${match[1]?.replace("ws", "http")}://${match[2]}`, namespace: match[3] ?? "/" };
	});
	const namespace = parts[0]?.namespace ?? "/";
	if (/[{}]|%7B/i.test(namespace))
		throw new SettingError("SIO_URL", text, "no placeholder is filled in a URL; use SIO_NAMESPACE");
	if (parts.some((part) => part.namespace !== namespace))
		throw new SettingError("SIO_URL", text, "give all URLs the same namespace");
	return { origins: parts.map(({ origin }) => origin), namespace };
}

function path(text: string): string {
	if (!/^\/[^?#\s]*$/.test(text)) throw new SettingError("SIO_PATH", text, "write a path like /socket.io/");
	return text.endsWith("/") ? text : `${text}/`;
}

/** The values of headers may be secrets, so no error repeats them. */
function texts(name: Variable, text: string | undefined): Record<string, string> {
	if (text === undefined) return {};
	let headers: unknown;
	try {
		headers = JSON.parse(text);
	} catch {
		headers = null;
	}
	if (typeof headers !== "object" || headers === null || Array.isArray(headers))
		throw new SettingError(name, null, 'write a JSON object like {"token":"…"}');
	for (const value of Object.values(headers))
		if (typeof value !== "string") throw new SettingError(name, null, "give each header a string");
	return headers as Record<string, string>;
}

function certificate(certFile: string | undefined, keyFile: string | undefined): Settings["cert"] {
	if (certFile === undefined && keyFile === undefined) return null;
	if (certFile === undefined) throw new SettingError("SIO_CERT", "", "a key needs its certificate");
	if (keyFile === undefined) throw new SettingError("SIO_KEY", "", "a certificate needs its key");
	return { certFile, keyFile };
}
