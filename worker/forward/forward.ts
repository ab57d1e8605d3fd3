/** One request to one node. */
import type { Config } from "../config.ts";
import type { Outcome } from "../health/breaker.ts";
import type { Node } from "../pool.ts";
import { judge } from "./failure.ts";
import { Late, within } from "./within.ts";

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
	/** It has a session id: no other node will be tried. */
	readonly ofSession: boolean;
}

/**
 * Sends and waits for headers. Never throws. The fetch is awaited here because a client of a dying node
 * would otherwise get no answer at all. A request of a session has no signal, which costs a few percent of
 * a poll: it is never tried elsewhere, so what is left of it ends with the client's request.
 */
export async function forward(config: Config, node: Node, passed: Passed): Promise<Attempt> {
	const sentAt = Date.now();
	const abort = passed.ofSession ? null : new AbortController();
	try {
		const sent = fetch(node.url + passed.target, {
			method: passed.method,
			headers: passed.headers,
			body: passed.body,
			redirect: "manual",
			...(abort === null ? {} : { signal: abort.signal }),
		});
		const response = await within(passed.limit, sent, () => abort?.abort());
		return { node, outcome: judge(response, config.platform), response, sentAt, endedAt: Date.now() };
	} catch (error) {
		const outcome = error instanceof Late ? "timeout" : "unreachable";
		return { node, outcome, response: null, sentAt, endedAt: Date.now() };
	}
}
