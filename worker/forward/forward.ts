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
	/** It has a session id: no other node will be tried. */
	readonly ofSession: boolean;
}

/**
 * Sends and waits for headers. Never throws. The fetch is awaited here because a client of a dying node
 * would otherwise get no answer at all, and the time limit is cleared when headers arrive because a signal
 * that fires later would cut a live WebSocket. A request of a session has no signal, which costs 4 % of a
 * poll: it is never tried elsewhere, so what is left of it ends with the client's request.
 */
export async function forward(config: Config, node: Node, passed: Passed): Promise<Attempt> {
	const sentAt = Date.now();
	const abort = passed.ofSession ? null : new AbortController();
	let timer: ReturnType<typeof setTimeout> | null = null;
	let late = false;
	try {
		const response = await new Promise<Response>((resolve, reject) => {
			timer = setTimeout(() => {
				late = true;
				abort?.abort();
				reject(new Error("late"));
			}, passed.limit);
			fetch(node.url + passed.target, {
				method: passed.method,
				headers: passed.headers,
				body: passed.body,
				redirect: "manual",
				...(abort === null ? {} : { signal: abort.signal }),
			}).then(resolve, reject);
		});
		return { node, outcome: judge(response, config.platform), response, sentAt, endedAt: Date.now() };
	} catch {
		return { node, outcome: late ? "timeout" : "unreachable", response: null, sentAt, endedAt: Date.now() };
	} finally {
		clearTimeout(timer);
	}
}
