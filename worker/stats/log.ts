/** The log: one JSON line for each error and new session, and for a share of the other requests. It never contains a session id, cookie, token or query. */
import type { Config } from "../config/config.ts";
import { isHandshake } from "../request/url.ts";
import { type Counters, FRONT_AT } from "./counters.ts";
import type { Exchange } from "./exchange.ts";

/** The fields of one line. Times in ms, named as HAProxy's (manual 8.4); -1 = not reached, or not measurable. */
export interface LogLine {
	readonly level: "info" | "warn" | "error";
	readonly event: "request";
	/** ISO 8601. */
	readonly at: string;
	/** CF-Ray on Cloudflare, else a random UUID. */
	readonly id: string;
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
	readonly termination: string;
	readonly attempts: number;
	/** Time for the request's headers, in the queue, for connecting, until the node's headers; and in total until the answer's headers. */
	readonly TR: number;
	readonly Tw: number;
	readonly Tc: number;
	readonly Tr: number;
	readonly Ta: number;
}

/** Writes the line of an exchange, if it is to be logged. */
export function log(
	exchange: Exchange,
	request: Request,
	{ platform, settings }: Pick<Config, "platform" | "settings">,
	counters: Counters,
): void {
	const level = levelOf(exchange);
	if (!isLogged(exchange, level, settings.log_percent / 100, Math.random)) return;
	counters.numbers[FRONT_AT.log_lines]! += 1;
	const line = JSON.stringify(logLine(exchange, level, exchange.id ?? requestId(request, platform)));
	if (level === "info") console.log(line);
	else if (level === "warn") console.warn(line);
	else console.error(line);
}

/** The id of a request in the log: CF-Ray on Cloudflare, else a random UUID, since elsewhere a client could write cf-ray. */
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

/** The line of an exchange. */
export function logLine(exchange: Exchange, level: LogLine["level"], id: string): LogLine {
	const { parsed, pool, attempts, startedAt } = exchange;
	const last = attempts.at(-1);
	return {
		level,
		event: "request",
		at: new Date(startedAt).toISOString(),
		id,
		pool: pool?.name ?? null,
		node: last?.node.id ?? null,
		traffic: parsed.traffic,
		method: parsed.method,
		path: parsed.path,
		status: exchange.status,
		ending: exchange.outcome,
		denied: exchange.denial?.reason ?? null,
		termination: terminationOf(exchange),
		attempts: attempts.length,
		TR: 0,
		Tw: last === undefined ? -1 : 0,
		Tc: -1,
		Tr: last === undefined || last.response === null ? -1 : last.endedAt - last.sentAt,
		Ta: (last?.endedAt ?? startedAt) - startedAt,
	};
}

/**
 * HAProxy's termination code (manual 8.5) in four letters: who ended the request and when, and what stickiness
 * did. The last two read as HAProxy's cookie flags, with the session id in place of the cookie.
 */
export function terminationOf(exchange: Exchange): string {
	return ending(exchange) + stickiness(exchange);
}

function ending({ outcome, attempts }: Exchange): string {
	switch (outcome) {
		case "passed":
			return "--";
		case "redirected":
		case "preflight":
		case "own":
			return "LR";
		case "internal":
			return "I-";
		case "denied":
		case "no_route":
		case "plain_upgrade":
			return "PR";
		default:
			break;
	}
	const last = attempts.at(-1);
	if (last === undefined) return outcome === "no_node" ? "SC" : "PR";
	if (last.result === "invalid") return "PH";
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
