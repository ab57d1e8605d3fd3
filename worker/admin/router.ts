/** The router of the edge's own paths, under `/__edge/`. Requests for nodes do not use it. */
import { PatternRouter } from "hono/router/pattern-router";
import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";
import { edgeError } from "../errors.ts";
import { readVerdict } from "../health/ask-monitor.ts";
import type { ParsedRequest } from "../request/url.ts";
import { FRONT_AT, type StatsSource } from "../stats/counters.ts";
import { logLimited, requestId } from "../stats/log.ts";
import { readStatistics, type Statistics } from "../stats/statistics.ts";
import { csvOf } from "../stats/views/csv.ts";
import { livePart, pageOf } from "../stats/views/page.ts";
import { prometheusOf } from "../stats/views/prometheus.ts";
import { checkAccess, tokenIn } from "./access.ts";
import { type FailedTokens, recordFailedToken } from "./failed-tokens.ts";
import { auditLine, changeNode, describePool } from "./nodes.ts";

/** What the handlers work on. */
export interface Bindings {
	readonly source: StatsSource & { readonly config: Config; readonly failedTokens: FailedTokens };
	readonly parsed: ParsedRequest;
	readonly env: Env;
	readonly clientIp: string;
}

/** A request under `/__edge/`, with the parts of its path that a route names. */
interface AdminRequest extends Bindings {
	readonly request: Request;
	readonly params: Readonly<Record<string, string>>;
}

type Handler = (adminRequest: AdminRequest) => Response | Promise<Response>;

/** The prefix of the edge's own paths. */
export const ADMIN_PATH = "/__edge/";

const NO_STORE = { "cache-control": "no-store" };

/** Of Hono only the router: its application class would be an eighth of the Worker. */
const router = new PatternRouter<Handler>();

/** Answers requests for the edge's own paths. */
export const admin = {
	async fetch(request: Request, bindings: Bindings): Promise<Response> {
		const refused = await refuse(request, bindings);
		if (refused !== null) return refused;
		const isHead = request.method === "HEAD";
		const [routes] = router.match(isHead ? "GET" : request.method, new URL(request.url).pathname);
		const [route] = routes;
		if (route === undefined) return edgeError("EDGE_NOT_FOUND", null);
		const [handler, params] = route as [Handler, Record<string, string>];
		const answer = await handler({ ...bindings, request, params });
		return isHead ? new Response(null, answer) : answer;
	},
};

/** The refusal of a request without the right token, or of a change that may come from another site; null = allowed. */
async function refuse(request: Request, bindings: Bindings): Promise<Response | null> {
	const { source, parsed } = bindings;
	const { method, headers } = request;
	const authorization = headers.get("authorization");
	const code = await checkAccess(
		{
			method,
			authorization,
			operator: headers.get("x-edge-operator"),
			origin: headers.get("origin"),
			ownOrigin: `${parsed.secure ? "https" : "http"}://${parsed.host}`,
		},
		source.config.token,
	);
	if (code === null) return null;
	if (code !== "EDGE_TOKEN") return edgeError(code, null);
	// A browser's first request has no token, and guesses nothing.
	if (tokenIn(authorization) !== null && !(await slowDown(request, bindings)))
		return edgeError("EDGE_TOKEN_RATE", null);
	return edgeError(code, null, { headers: CHALLENGE });
}

const CHALLENGE = { "www-authenticate": 'Basic realm="sticky-edge", charset="UTF-8"' };

/** Records a wrong token, and delays its answer; false when too many answers to this client are delayed already. */
async function slowDown(request: Request, { source, clientIp }: Bindings): Promise<boolean> {
	const { counters, failedTokens } = source;
	counters.numbers[FRONT_AT.failed_tokens]! += 1;
	const now = Date.now();
	const { delayMs, count } = recordFailedToken(failedTokens, clientIp, now);
	if (count > 0) {
		const entry = { level: "warn", event: "failed_token", at: new Date(now).toISOString(), count } as const;
		const id = requestId(request, source.config.platform);
		logLimited(source, entry, clientIp, { id, clientIp });
	}
	if (delayMs === null) return false;
	if (delayMs > 0) await scheduler.wait(delayMs);
	return true;
}

router.add("GET", "/__edge/stats", async (adminRequest) => page(await statistics(adminRequest)));
router.add("GET", "/__edge/stats/live", async (adminRequest) =>
	text(livePart(await statistics(adminRequest)), "text/html; charset=UTF-8"),
);
router.add("GET", "/__edge/stats.json", async (adminRequest) => json(jsonOf(await statistics(adminRequest))));
router.add("GET", "/__edge/stats.csv", async (adminRequest) =>
	unlessIncomplete(await statistics(adminRequest), (complete) =>
		text(csvOf(complete), "text/plain; charset=UTF-8"),
	),
);
router.add("GET", "/__edge/metrics", async (adminRequest) =>
	unlessIncomplete(await statistics(adminRequest), (complete) =>
		text(prometheusOf(complete), "text/plain; version=0.0.4; charset=utf-8"),
	),
);
router.add("GET", "/__edge/pools", async ({ env, source }) => {
	const verdict = await readVerdict(env);
	return json({ pools: source.config.pools.map((pool) => describePool(pool, verdict)) });
});
router.add("GET", "/__edge/pools/:pool", async ({ env, source, params }) => {
	const pool = source.config.pools.find(({ name }) => name === params["pool"]);
	if (pool === undefined) return edgeError("EDGE_NOT_FOUND", null);
	return json(describePool(pool, await readVerdict(env)));
});
router.add("POST", "/__edge/nodes/:node", change);

function statistics({ source, env }: AdminRequest): Promise<Statistics> {
	return readStatistics(source, env);
}

function json(value: unknown): Response {
	return Response.json(value, { headers: NO_STORE });
}

function text(body: string, contentType: string): Response {
	return new Response(body, { headers: { ...NO_STORE, "content-type": contentType } });
}

/**
 * Counts for machines: 503 while a ledger is bound but does not answer. The counts of one isolate are lower than the
 * totals. Prometheus would treat that as a counter reset, and count everything again once the totals return
 * (https://prometheus.io/docs/concepts/metric_types/#counter).
 */
function unlessIncomplete(read: Statistics, render: (complete: Statistics) => Response): Response {
	return read.source === "isolate_ledger_silent" ? edgeError("EDGE_STATE", null) : render(read);
}

/** Statistics as JSON: times as ISO 8601, counters by name, zeros left out. worker/README.md explains the fields. */
function jsonOf({ at, since, source, isolates, monitor, rows }: Statistics) {
	return {
		at: new Date(at).toISOString(),
		since: new Date(since).toISOString(),
		source,
		isolates,
		monitor,
		frontend: rows.find(({ kind }) => kind === "frontend"),
		backends: rows.filter(({ kind }) => kind === "backend").map((row) => ({ name: row.proxy, ...row })),
		nodes: rows.filter(({ kind }) => kind === "server"),
	};
}

async function change({ source, env, clientIp, request, params }: AdminRequest): Promise<Response> {
	const body: unknown = await request.json().catch(() => null);
	const result = await changeNode(source.config.pools, env, params["node"]!, body);
	if (result.kind === "unknown_node") return edgeError("EDGE_NOT_FOUND", null);
	if (result.kind === "unavailable") return edgeError("EDGE_STATE", null);
	if (result.kind === "invalid")
		return edgeError("EDGE_WORD", null, { message: `Invalid change: ${result.message}` });
	console.log(auditLine(request.headers.get("x-edge-operator") ?? "", clientIp, result, Date.now()));
	return json({ ...result.after, word: result.after.adminState });
}

/** The statistics page. Its Content-Security-Policy forbids external resources, and framing by other pages. */
function page(read: Statistics): Response {
	const nonce = crypto.randomUUID();
	return new Response(pageOf(read, nonce), {
		headers: {
			...NO_STORE,
			"content-type": "text/html; charset=utf-8",
			"content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
			"referrer-policy": "no-referrer",
			"x-content-type-options": "nosniff",
			"x-robots-tag": "noindex",
		},
	});
}
