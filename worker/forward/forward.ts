/** One request to one node. */
import type { Config } from "../config.ts";
import type { Outcome } from "../health/breaker.ts";
import type { Node } from "../pool.ts";
import { judge } from "./failure.ts";

export interface Attempt {
	readonly node: Node;
	readonly outcome: Outcome;
	/** Null when there is none to pass on. */
	readonly response: Response | null;
	/** Epoch ms: sent, and headers or failure. */
	readonly sentAt: number;
	readonly endedAt: number;
}

/** What is the same for every node a request is tried on. */
export interface Passed {
	readonly method: string;
	/** Path and query as the node shall see them. */
	readonly target: string;
	readonly headers: Headers;
	readonly body: ReadableStream | null;
	/** Milliseconds until headers. */
	readonly limit: number;
}

/**
 * Sends and waits for headers. Never throws. The fetch is awaited here because a client of a dying node
 * would otherwise get no answer at all, and the time limit is cleared when headers arrive because a signal
 * that fires later would cut a live WebSocket.
 */
export async function forward(config: Config, node: Node, passed: Passed): Promise<Attempt> {
	const sentAt = Date.now();
	const limit = new AbortController();
	const timer = setTimeout(() => limit.abort(), passed.limit);
	try {
		const response = await fetch(node.url + passed.target, {
			method: passed.method,
			headers: passed.headers,
			body: passed.body,
			redirect: "manual",
			signal: limit.signal,
		});
		return { node, outcome: judge(response, config.platform), response, sentAt, endedAt: Date.now() };
	} catch {
		const outcome = limit.signal.aborted ? "timeout" : "unreachable";
		return { node, outcome, response: null, sentAt, endedAt: Date.now() };
	} finally {
		clearTimeout(timer);
	}
}
