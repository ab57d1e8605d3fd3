/** The last step: counting, logging and sending on what was counted. After headers; waits for nothing. */
import type { Arrival } from "../arrival.ts";
import type { Edge } from "../edge.ts";
import type { Passage } from "../passage.ts";
import { slotOf, WHOLE } from "./counters.ts";
import { flushIfDue } from "./flush.ts";
import { log } from "./log.ts";
import { type Facts, tally, tallyCode } from "./tally.ts";

/** Bytes of a node's error that are looked into for its code: Engine.IO's own have fewer than 100. */
const LONGEST_ERROR = 1000;

/** Takes one passage in. */
export function count(passage: Passage, arrival: Arrival): void {
	const { request, edge, env, ctx } = arrival;
	const facts = factsOf(passage, arrival);
	tally(edge.counters, passage, facts);
	if (isNodesError(passage, facts)) ctx.waitUntil(countNodesError(passage, edge));
	log(passage, request, edge);
	flushIfDue(edge, env, ctx, passage.attempts.at(-1)?.endedAt ?? Date.now());
}

function factsOf({ asked, status, response }: Passage, { request, carried, edge }: Arrival): Facts {
	const { method, secure } = asked;
	const bodiless = status === 101 || method === "HEAD";
	return {
		bytesIn: method === "GET" ? 0 : lengthIn(carried.contentLength),
		bytesOut: bodiless ? 0 : lengthIn(response.headers.get("content-length")),
		tls: secure ? (edge.config.platform === "cloudflare" ? tlsOf(request) : "tls_unknown") : "plain_http",
	};
}

/** Bytes that a Content-Length announces; 0 where there is none. */
function lengthIn(header: string | null): number {
	return header === null ? 0 : Number(header) || 0;
}

/** Cloudflare says which version a client speaks; workerd does not, and to ask it costs a JSON parse. */
function tlsOf(request: Request): Facts["tls"] {
	const version = (request.cf as { tlsVersion?: string } | undefined)?.tlsVersion;
	if (version === "TLSv1.3") return "tls_1_3";
	return version === "TLSv1.2" ? "tls_1_2" : "tls_unknown";
}

function isNodesError({ asked, ending, status }: Passage, facts: Facts): boolean {
	if (asked.engine === null || ending !== "passed") return false;
	return (status === 400 || status === 403) && facts.bytesOut <= LONGEST_ERROR;
}

/** A node says which of Engine.IO's errors it means in the body only. */
async function countNodesError({ asked, pool, attempts, response }: Passage, edge: Edge): Promise<void> {
	const node = attempts.at(-1)?.node;
	if (pool === null || node === undefined) return;
	try {
		const { code } = (await response.clone().json()) as { code?: unknown };
		for (const place of [WHOLE, node.index])
			tallyCode(edge.counters, slotOf(edge.counters, pool.index, asked.traffic, place), Number(code));
	} catch {
		// Not JSON: an application's own 400.
	}
}
