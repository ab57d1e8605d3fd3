/** One look at one node. */
import { HEADERS, type NodeHealth, readHealth } from "../contract.ts";
import type { Node, Pool } from "../pool.ts";

/** HAProxy's words for a check (management guide 9.1), and what the node said of itself where it speaks the contract. */
export interface Probe {
	readonly well: boolean;
	/** L7OK, L7STS, L4TOUT or L4CON. */
	readonly check: "L7OK" | "L7STS" | "L4TOUT" | "L4CON";
	/** HTTP status; 0 = none came. */
	readonly status: number;
	readonly milliseconds: number;
	/** Null for a node that answers well but does not speak the contract. */
	readonly health: NodeHealth | null;
}

/** Asks the node's health path. Never throws. */
export async function probe(pool: Pool, node: Node, secret: string): Promise<Probe> {
	const limit = new AbortController();
	const timer = setTimeout(() => limit.abort(), pool.health.timeout);
	const startedAt = Date.now();
	try {
		const response = await fetch(node.url + pool.healthPath, {
			headers: secret === "" ? {} : { [HEADERS.auth]: secret },
			redirect: "manual",
			signal: limit.signal,
		});
		// Read in full under the limit: a node that stops half way through its answer is not well.
		const health = healthIn(await response.text());
		return judgeProbe(pool.health.status, response.status, health, Date.now() - startedAt);
	} catch {
		const check = limit.signal.aborted ? "L4TOUT" : "L4CON";
		return { well: false, check, status: 0, milliseconds: Date.now() - startedAt, health: null };
	} finally {
		clearTimeout(timer);
	}
}

/** A node that answers 503 because it drains or is full is well: it serves the sessions it has. */
export function judgeProbe(
	wanted: number,
	status: number,
	health: NodeHealth | null,
	milliseconds: number,
): Probe {
	const well = status === wanted || (health !== null && health.state !== "ready");
	return { well, check: well ? "L7OK" : "L7STS", status, milliseconds, health };
}

function healthIn(body: string): NodeHealth | null {
	try {
		const health = readHealth(JSON.parse(body));
		return typeof health === "string" ? null : health;
	} catch {
		return null;
	}
}
