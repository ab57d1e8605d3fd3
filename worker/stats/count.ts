/** The last step: counting, logging and sending on what was counted. After headers; waits for nothing. */
import type { Edge } from "../edge.ts";
import type { Env } from "../env.ts";
import type { Passage } from "../passage.ts";
import { slotOf, WHOLE } from "./counters.ts";
import { flushIfDue } from "./flush.ts";
import { log } from "./log.ts";
import { type Facts, tally, tallyCode } from "./tally.ts";

/** Bytes of a node's error that are looked into for its code: Engine.IO's own have fewer than 100. */
const LONGEST_ERROR = 1000;

/** Takes one passage in. */
export function count(passage: Passage, request: Request, edge: Edge, env: Env, ctx: ExecutionContext): void {
	const facts = factsOf(passage, request, edge.config.platform === "cloudflare");
	tally(edge.counters, passage, facts);
	if (isNodesError(passage, facts)) ctx.waitUntil(countNodesError(passage, edge));
	log(passage, request, edge);
	flushIfDue(edge, env, ctx, Date.now());
}

function factsOf(passage: Passage, request: Request, cloudflare: boolean): Facts {
	const { asked, response } = passage;
	return {
		bytesIn: asked.method === "GET" ? 0 : lengthOf(request.headers),
		bytesOut: response.status === 101 || asked.method === "HEAD" ? 0 : lengthOf(response.headers),
		tls: asked.secure ? (cloudflare ? tlsOf(request) : "tls_unknown") : "plain_http",
	};
}

function lengthOf(headers: Headers): number {
	return Number(headers.get("content-length") ?? 0) || 0;
}

/** Cloudflare says which version a client speaks; workerd does not, and to ask it costs a JSON parse. */
function tlsOf(request: Request): Facts["tls"] {
	const version = (request.cf as { tlsVersion?: string } | undefined)?.tlsVersion;
	if (version === "TLSv1.3") return "tls_1_3";
	return version === "TLSv1.2" ? "tls_1_2" : "tls_unknown";
}

function isNodesError({ asked, ending, response }: Passage, facts: Facts): boolean {
	if (asked.engine === null || ending !== "passed") return false;
	return (response.status === 400 || response.status === 403) && facts.bytesOut <= LONGEST_ERROR;
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
