/** The log: one JSON line for each error and new session, and for a share of all else. Never a session id, cookie, token or query value. */
import type { Edge } from "../edge.ts";
import { isHandshake, type Passage } from "../passage.ts";
import { FRONT_AT } from "./counters.ts";
import { terminationOf } from "./termination.ts";

/** One line's fields; times in ms as HAProxy names them (manual 8.4), -1 = not reached, or not to be told apart. */
export interface Line {
	readonly level: "info" | "warn" | "error";
	readonly event: "request";
	/** ISO 8601. */
	readonly at: string;
	/** CF-Ray on Cloudflare; drawn otherwise. */
	readonly id: string;
	readonly pool: string | null;
	readonly node: string | null;
	readonly traffic: Passage["asked"]["traffic"];
	readonly method: string;
	/** Without its query. */
	readonly path: string;
	readonly status: number;
	readonly ending: Passage["ending"];
	/** Why the guard refused it. */
	readonly denied: string | null;
	readonly termination: string;
	readonly attempts: number;
	/** Headers read, queue, connect, node's headers, all until the answer's headers. */
	readonly TR: number;
	readonly Tw: number;
	readonly Tc: number;
	readonly Tr: number;
	readonly Ta: number;
}

/** Writes the passage's line, if it has one. */
export function log(passage: Passage, request: Request, edge: Edge): void {
	const level = levelOf(passage);
	const share = edge.config.settings.log_percent / 100;
	if (!isLogged(passage, level, share, Math.random)) return;
	edge.counters.numbers[FRONT_AT.log_lines]! += 1;
	// A client may write cf-ray too: only on Cloudflare is it Cloudflare's.
	const ray = edge.config.platform === "cloudflare" ? request.headers.get("cf-ray") : null;
	const line = JSON.stringify(lineOf(passage, level, ray ?? crypto.randomUUID()));
	if (level === "info") console.log(line);
	else if (level === "warn") console.warn(line);
	else console.error(line);
}

/** Errors and handshakes all, of the rest a share (0 to 1). */
export function isLogged(
	passage: Passage,
	level: Line["level"],
	share: number,
	random: () => number,
): boolean {
	if (level !== "info" || isHandshake(passage.asked)) return true;
	return share > 0 && random() < share;
}

/** `error`: the edge or a node failed. `warn`: a client was refused, or sent to make a new session. */
export function levelOf({ ending, status }: Passage): Line["level"] {
	if (ending === "failed" || ending === "no_node") return "error";
	if (status >= 500) return ending === "denied" ? "warn" : "error";
	return ending === "denied" || ending === "gone" || ending === "plain_upgrade" ? "warn" : "info";
}

/** The line of a passage. */
export function lineOf(passage: Passage, level: Line["level"], id: string): Line {
	const { asked, pool, attempts, startedAt } = passage;
	const last = attempts.at(-1);
	const reached = last === undefined ? -1 : 0;
	return {
		level,
		event: "request",
		at: new Date(startedAt).toISOString(),
		id,
		pool: pool?.name ?? null,
		node: last?.node.id ?? null,
		traffic: asked.traffic,
		method: asked.method,
		path: asked.path,
		status: passage.status,
		ending: passage.ending,
		denied: passage.denial?.reason ?? null,
		termination: terminationOf(passage),
		attempts: attempts.length,
		TR: 0,
		Tw: reached,
		Tc: -1,
		Tr: last === undefined || last.response === null ? -1 : last.endedAt - last.sentAt,
		Ta: (last?.endedAt ?? startedAt) - startedAt,
	};
}
