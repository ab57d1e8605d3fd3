/** One request to one node. */
import type { Edge } from "../edge.ts";
import type { Outcome } from "../health/breaker.ts";
import type { Knowledge } from "../health/knowledge.ts";
import type { Node } from "../pool.ts";
import { judge } from "./failure.ts";
import type { Passed } from "./passed.ts";
import { isWatched, watched } from "./waiting.ts";
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

type Platform = "cloudflare" | "workerd";

/**
 * Sends a request that may be tried elsewhere, and waits for headers. Never throws. The fetch is awaited here
 * because a client of a dying node would otherwise get no answer at all.
 */
export async function forward(platform: Platform, node: Node, passed: Passed): Promise<Attempt> {
	const sentAt = Date.now();
	const { method, headers, body, limit } = passed;
	const abort = new AbortController();
	try {
		const sent = fetch(node.url + passed.target, {
			method,
			headers,
			body,
			redirect: "manual",
			signal: abort.signal,
		});
		const response = await within(limit, sent, () => abort.abort());
		return attempted(node, judge(response, platform), response, sentAt);
	} catch (error) {
		return failed(node, error, sentAt);
	}
}

/**
 * The same for a request of a session. It has no signal, which costs a few percent of a
 * poll: it is never tried elsewhere, so what is left of it ends with the client's request.
 */
export async function forwardOfSession(
	edge: Edge,
	known: Knowledge,
	node: Node,
	{ target, method, headers, body, limit }: Passed,
): Promise<Attempt> {
	const sentAt = Date.now();
	const { config, waiting, verdict } = edge;
	try {
		const sent = fetch(node.url + target, { method, headers, body, redirect: "manual" });
		const wait = { limit, now: sentAt, known: method === "GET" ? known : null, node: node.index };
		const response = await (isWatched(waiting, sentAt, verdict.at > 0)
			? watched(waiting, wait, sent)
			: within(limit, sent));
		return attempted(node, judge(response, config.platform), response, sentAt);
	} catch (error) {
		return failed(node, error, sentAt);
	}
}

function attempted(node: Node, outcome: Outcome, response: Response, sentAt: number): Attempt {
	return { node, outcome, response, sentAt, endedAt: Date.now() };
}

function failed(node: Node, error: unknown, sentAt: number): Attempt {
	const outcome = error instanceof Late ? "timeout" : "unreachable";
	return { node, outcome, response: null, sentAt, endedAt: Date.now() };
}
