/**
 * The log: one JSON line for each error and new session, and for a share of the other requests, bounded in length
 * and in number. It never contains a session id, cookie, token or query.
 */
import type { Config, Settings } from "../config/config.ts";
import { clientKey } from "../policy/handshake-rate.ts";
import { isHandshake } from "../request/url.ts";
import { FRONT_AT, type StatsSource } from "./counters.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import { bounded, clientField } from "./log-fields.ts";
import { countLine, type LogLimits, nextPeriod } from "./log-limit.ts";

/** Bytes of a field in its line. Together with the other fields they keep every line below 2 KB. */
const MAX_TEXT_BYTES = 200;
const MAX_NAME_BYTES = 100;
const MAX_METHOD_BYTES = 20;
const MAX_REASON_BYTES = 1500;

/** The fields of one line. Times in ms, named as HAProxy's (manual 8.4); -1 = not reached, or not measurable. */
export interface LogLine {
	readonly level: "info" | "warn" | "error";
	readonly event: "request";
	/** ISO 8601. */
	readonly at: string;
	/** CF-Ray on Cloudflare, else a random UUID. */
	readonly id: string;
	/** As `log_client` says: the client's network, its address, or null; null also when unknown. */
	readonly client: string | null;
	readonly pool: string | null;
	readonly node: string | null;
	readonly traffic: Exchange["parsed"]["traffic"];
	readonly method: string;
	/** Without its query. */
	readonly path: string;
	readonly status: number;
	/** The outcome. */
	readonly ending: Exchange["outcome"];
	/** The reason of a denial. */
	readonly denied: string | null;
	/** What about the request was refused, such as the origin; null where the reason says it all. */
	readonly detail: string | null;
	readonly termination: string;
	readonly attempts: number;
	/** Time for the request's headers, in the queue, for connecting, until the node's headers; and in total until the answer's headers. */
	readonly TR: number;
	readonly Tw: number;
	readonly Tc: number;
	readonly Tr: number;
	readonly Ta: number;
}

/** The parts of an isolate that the log uses. */
export interface LogSource extends Pick<StatsSource, "counters" | "logLimits"> {
	readonly config: Pick<Config, "platform" | "settings">;
}

/** Writes the line of an exchange, if it is to be logged and its kind is within the limits. */
export function log(exchange: Exchange, request: Request, source: LogSource): void {
	const { platform, settings } = source.config;
	const level = levelOf(exchange);
	if (!isLogged(exchange, level, settings.log_percent / 100, Math.random)) return;
	if (!claimLine(source, kindOf(exchange, level), exchange.clientIp, Date.now())) return;
	source.counters.numbers[FRONT_AT.log_lines]! += 1;
	const id = exchange.id ?? requestId(request, platform);
	write(level, JSON.stringify(logLine(exchange, level, id, settings.log_client)));
}

/** A line other than a request's own. */
export type LogEntry = {
	readonly level: "warn" | "error";
	readonly [field: string]: unknown;
} & ({ readonly code: string } | { readonly event: string });

/** The request that caused a line: its id, null = none yet, and its client's address. */
export interface LoggedRequest {
	readonly id: string | null;
	readonly clientIp: string;
}

/** Writes a line that a request caused, within the limits of its code or event. `from` is what the line is about: the client's address, or a node. */
export function logLimited(source: LogSource, entry: LogEntry, from: string, cause: LoggedRequest): void {
	const kind = "code" in entry ? entry.code : entry.event;
	if (!claimLine(source, kind as string, from, Date.now())) return;
	const client = clientField(cause.clientIp, source.config.settings.log_client);
	const id = boundedOrNull(cause.id, MAX_NAME_BYTES);
	write(entry.level, JSON.stringify({ ...entry, id, client }));
}

/** Writes the reason of an internal error. `source` is null where the configuration could not be read. */
export function logInternalError(source: LogSource | null, cause: LoggedRequest, error: unknown): void {
	const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
	const reason = bounded(withoutQueries(text), MAX_REASON_BYTES);
	const entry: LogEntry = { level: "error", code: "EDGE_INTERNAL", reason };
	if (source === null) write("error", JSON.stringify({ ...entry, id: cause.id, client: null }));
	else logLimited(source, entry, cause.clientIp, cause);
}

/** Writes what the last period left out, once that is over. Called also where no line may follow for long. */
export function logLeftOut(limits: LogLimits, now: number): void {
	const summary = nextPeriod(limits, now);
	if (summary !== null) write("warn", JSON.stringify(summary));
}

function claimLine({ logLimits, counters }: LogSource, kind: string, from: string, now: number): boolean {
	logLeftOut(logLimits, now);
	const isWithin = countLine(logLimits, kind, clientKey(from));
	if (!isWithin) counters.numbers[FRONT_AT.log_suppressed]! += 1;
	return isWithin;
}

function write(level: LogLine["level"], line: string): void {
	if (level === "info") console.log(line);
	else console[level](line);
}

/** An error's message may quote a URL, and its query a session id. */
function withoutQueries(reason: string): string {
	return reason.replace(/\?[^\s"'<>]+/g, "?…");
}

/** A new id for a request: CF-Ray on Cloudflare, else a random UUID, since elsewhere a client could write cf-ray. */
export function requestId(request: Request, platform: Config["platform"] | null): string {
	return (platform === "cloudflare" ? request.headers.get("cf-ray") : null) ?? crypto.randomUUID();
}

/** All errors and handshakes are logged, and a share (0 to 1) of the other requests. */
export function isLogged(
	exchange: Exchange,
	level: LogLine["level"],
	share: number,
	random: () => number,
): boolean {
	if (level !== "info" || isHandshake(exchange.parsed)) return true;
	return share > 0 && random() < share;
}

/** `error`: the edge or a node failed. `warn`: a client was refused, or must open a new session. */
export function levelOf({ outcome, status }: Exchange): LogLine["level"] {
	if (outcome === "failed" || outcome === "no_node") return "error";
	if (status >= 500) return outcome === "denied" ? "warn" : "error";
	return outcome === "denied" || outcome === "gone" || outcome === "plain_upgrade" ? "warn" : "info";
}

/** The kind under which a line is limited: new sessions, other handshakes, other answers of nodes by level, and every other outcome. */
export function kindOf({ outcome, denial, parsed, status }: Exchange, level: LogLine["level"]): string {
	if (outcome === "denied" && denial !== null) return `denied_${denial.reason}`;
	if (outcome !== "passed") return outcome;
	if (level === "error") return "server_error";
	if (!isHandshake(parsed)) return "passed";
	return status === (parsed.upgrade ? 101 : 200) ? "new_session" : "handshake";
}

/** The line of an exchange. */
export function logLine(
	exchange: Exchange,
	level: LogLine["level"],
	id: string,
	logClient: Settings["log_client"],
): LogLine {
	const { parsed, pool, attempts, denial, startedAt } = exchange;
	const last = attempts.at(-1);
	return {
		level,
		event: "request",
		at: new Date(startedAt).toISOString(),
		id: bounded(id, MAX_NAME_BYTES),
		client: clientField(exchange.clientIp, logClient),
		pool: boundedOrNull(pool?.name, MAX_NAME_BYTES),
		node: boundedOrNull(last?.node.id, MAX_NAME_BYTES),
		traffic: parsed.traffic,
		method: bounded(parsed.method, MAX_METHOD_BYTES),
		path: bounded(parsed.path, MAX_TEXT_BYTES),
		status: exchange.status,
		ending: exchange.outcome,
		denied: denial?.reason ?? null,
		detail: boundedOrNull(denial?.detail, MAX_TEXT_BYTES),
		termination: terminationOf(exchange),
		attempts: attempts.length,
		TR: 0,
		Tw: last === undefined ? -1 : 0,
		Tc: -1,
		Tr: last === undefined || last.response === null ? -1 : last.endedAt - last.sentAt,
		Ta: (last?.endedAt ?? startedAt) - startedAt,
	};
}

function boundedOrNull(text: string | null | undefined, maxBytes: number): string | null {
	return text === null || text === undefined ? null : bounded(text, maxBytes);
}

/**
 * HAProxy's termination code (manual 8.5) in four letters: who ended the request and when, and what stickiness
 * did. The last two read as HAProxy's cookie flags, with the session id in place of the cookie.
 */
export function terminationOf(exchange: Exchange): string {
	return terminationStart(exchange) + stickiness(exchange);
}

/** Where the outcome alone decides. */
const TERMINATIONS: Partial<Record<Outcome, string>> = {
	passed: "--",
	redirected: "LR",
	preflight: "LR",
	own: "LR",
	internal: "I-",
	denied: "PR",
	no_route: "PR",
	plain_upgrade: "PR",
};

function terminationStart({ outcome, attempts }: Exchange): string {
	const decided = TERMINATIONS[outcome];
	if (decided !== undefined) return decided;
	const last = attempts.at(-1);
	if (last === undefined) return outcome === "no_node" ? "SC" : "PR";
	if (last.result === "invalid" || last.result === "not_rewritable") return "PH";
	return last.result === "timeout" ? "sH" : "SC";
}

/**
 * `NI`: a new session got a node. `VN`: a request reached its session's node. `DN`: that node is down. `IN`: no node
 * to try, because the session names none or one in MAINT. `NN`: stickiness did not apply.
 */
function stickiness({ parsed, outcome, attempts }: Exchange): string {
	if (parsed.enginePath === null || outcome === "denied") return "NN";
	if (outcome === "gone") return attempts.length > 0 ? "DN" : "IN";
	if (outcome !== "passed") return "NN";
	return parsed.sid === null ? "NI" : "VN";
}
