/** A scenario: what a load run does, as settings and, in a file of one's own, as code. Flags override its settings. */
import { UsageError } from "../../worker/command-line/command.ts";
import { DEFAULTS, type Settings } from "./fields.ts";
import { checkFlow, type Step } from "./flow.ts";
import type { Transport } from "./load-group.ts";
import type { Row } from "./rows.ts";

/** What the clients do in a slot. */
export const ACTIVITIES = ["echo", "flow", "fanout", "listen", "ramp", "storm", "idle"] as const;
/** The name of an activity. */
export type Activity = (typeof ACTIVITIES)[number];

/** The session that a scenario's code is called for. */
export interface SessionContext {
	/** The client's number, `{n}` in templates. */
	readonly n: number;
	/** Its row of `--data`; empty without `--data`. */
	readonly row: Row;
	/** The path's name, the transport, and the target's address. */
	readonly path: string;
	readonly transport: Transport;
	readonly url: string;
	/** Node's fetch with this client's cookies: what a login sets, the session sends. */
	readonly fetch: typeof fetch;
}

/** What differs from session to session; added to what the flags say, and stronger. */
export interface SessionSettings {
	readonly auth?: Readonly<Record<string, unknown>>;
	readonly headers?: Readonly<Record<string, string>>;
	readonly query?: Readonly<Record<string, string>>;
	readonly namespace?: string;
}

/** The part of socket.io-client's socket that `setup` needs. */
export interface SetupSocket {
	emit(event: string, ...args: unknown[]): unknown;
	emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
	on(event: string, listener: (...args: unknown[]) => void): unknown;
	once(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** The code of a scenario; the swarm calls it in its worker processes. */
export interface ScenarioCode {
	/** Before each session is opened, and again before each reconnection. An error counts as a session that failed to open. */
	readonly session?: (context: SessionContext) => SessionSettings | Promise<SessionSettings>;
	/** Once after each connect: joins rooms, subscribes. Its time is part of no metric. */
	readonly setup?: (socket: SetupSocket, context: SessionContext) => unknown;
	/** The one argument of a message of client `n`, instead of `--message`; no other message of any run has its `seq`. */
	readonly message?: (n: number, seq: number, row: Row) => unknown;
	/** All its arguments, instead of `--args`. */
	readonly args?: (n: number, seq: number, row: Row) => readonly unknown[];
	/** `activity: "flow"`: the steps that a client takes each time. */
	readonly flow?: readonly Step[];
}

/** A scenario, one of the swarm's own or a user's. */
export interface Scenario extends ScenarioCode {
	readonly name: string;
	/** One line for `--help`. */
	readonly about: string;
	readonly activity: Activity;
	/** Settings that differ from the defaults (fields.ts). */
	readonly settings: Partial<Settings>;
	/** The file that it is from, absolute. */
	readonly file?: string;
}

const FUNCTIONS = ["session", "setup", "message", "args"] as const;
const KEYS: readonly string[] = ["name", "about", "activity", "settings", "flow", ...FUNCTIONS];

/** Checks what a scenario file exports; `shown` is its name as given. Throws a UsageError that names the field. */
export function checkScenario(given: unknown, shown: string, file?: string): Scenario {
	const refuse = (why: string): never => {
		throw new UsageError(`--scenario ${shown}: ${why}.`);
	};
	if (typeof given !== "object" || given === null)
		return refuse("write export default { name, about, activity, settings }");
	const { name, about, activity, settings, ...code } = given as Record<string, unknown>;
	if (typeof name !== "string" || name === "") return refuse("name is missing; give a string");
	if (typeof about !== "string") return refuse("about is missing; describe the scenario in one line");
	if (!ACTIVITIES.includes(activity as Activity))
		return refuse(`unknown activity ${JSON.stringify(activity)}; use one of: ${ACTIVITIES.join(", ")}`);
	if (typeof settings !== "object" || settings === null)
		return refuse("settings is missing; use {} for none");
	for (const [key, value] of Object.entries(settings)) {
		if (!Object.hasOwn(DEFAULTS, key))
			return refuse(`settings.${key} is unknown; use any of: ${Object.keys(DEFAULTS).join(", ")}`);
		const type = typeof DEFAULTS[key as keyof Settings];
		const given = Array.isArray(value) ? "array" : typeof value;
		const needed = Array.isArray(DEFAULTS[key as keyof Settings]) ? "array" : type;
		if (given !== needed)
			return refuse(`settings.${key} is ${withArticle(given)}, not ${withArticle(needed)}`);
	}
	checkCode(code, activity as Activity, refuse);
	return { ...(given as Scenario), ...(file !== undefined && { file }) };
}

function withArticle(type: string): string {
	return `${/^[ao]/.test(type) ? "an" : "a"} ${type}`;
}

function checkCode(code: Record<string, unknown>, activity: Activity, refuse: (why: string) => never): void {
	for (const key of Object.keys(code))
		if (!KEYS.includes(key)) refuse(`unknown key ${key}; use any of: ${KEYS.join(", ")}`);
	for (const name of FUNCTIONS)
		if (code[name] !== undefined && typeof code[name] !== "function") refuse(`${name} is not a function`);
	if (code["message"] !== undefined && code["args"] !== undefined)
		refuse("message and args are both given; give one of them");
	if (activity === "flow") checkFlow(code["flow"], refuse);
	else if (code["flow"] !== undefined) refuse(`flow needs activity: "flow", not "${activity}"`);
}
