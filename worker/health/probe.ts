/** A probe: one health check of one node. */
import type { Node, Pool } from "../config/pool.ts";
import { HEADERS, type NodeHealth, readHealth } from "../contract.ts";
import { DeadlineExceeded, withDeadline } from "../deadline.ts";

/** The result of a check in HAProxy's terms (management guide 9.1), and the node's own health report. */
export interface Probe {
	readonly healthy: boolean;
	readonly check: "L7OK" | "L7STS" | "L4TOUT" | "L4CON";
	/** HTTP status; 0 = no answer. */
	readonly status: number;
	readonly milliseconds: number;
	/** Null for a node that does not follow the contract. */
	readonly health: NodeHealth | null;
}

/** Requests the node's health path. Never throws. */
export async function probe(pool: Pool, node: Node, secret: string): Promise<Probe> {
	const startedAt = Date.now();
	const controller = new AbortController();
	const read = async () => {
		const response = await fetch(node.url + pool.healthPath, {
			headers: secret === "" ? {} : { [HEADERS.auth]: secret },
			redirect: "manual",
			signal: controller.signal,
		});
		return { status: response.status, body: await response.text() };
	};
	try {
		// Reading the body has the same deadline: a node that stops half way through its answer is not healthy.
		const { status, body } = await withDeadline(pool.health.timeout, read(), controller);
		return probeResult(pool.health.status, status, healthIn(body), Date.now() - startedAt);
	} catch (error) {
		const check = error instanceof DeadlineExceeded ? "L4TOUT" : "L4CON";
		return { healthy: false, check, status: 0, milliseconds: Date.now() - startedAt, health: null };
	}
}

/** Classifies an answer. A node that answers 503 because it drains or is full is healthy: it still serves its sessions. */
export function probeResult(
	expectedStatus: number,
	status: number,
	health: NodeHealth | null,
	milliseconds: number,
): Probe {
	const healthy = status === expectedStatus || (health !== null && health.state !== "ready");
	return { healthy, check: healthy ? "L7OK" : "L7STS", status, milliseconds, health };
}

function healthIn(body: string): NodeHealth | null {
	try {
		const health = readHealth(JSON.parse(body));
		return typeof health === "string" ? null : health;
	} catch {
		return null;
	}
}
