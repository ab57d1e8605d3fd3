/** The router of the edge's own paths, under `/__edge/`. Requests for nodes do not use it. */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";
import { edgeError } from "../errors.ts";
import { readVerdict } from "../health/ask-monitor.ts";
import type { ParsedRequest } from "../request/url.ts";
import { FRONT_AT, type StatsSource } from "../stats/counters.ts";
import { readStatistics, type Statistics } from "../stats/statistics.ts";
import { csvOf } from "../stats/views/csv.ts";
import { livePart, pageOf } from "../stats/views/page.ts";
import { prometheusOf } from "../stats/views/prometheus.ts";
import { checkAccess, tokenIn } from "./access.ts";
import { type FailedTokens, failedTokenLine, recordFailedToken } from "./failed-tokens.ts";
import { auditLine, changeNode, describePool } from "./nodes.ts";

/** What the handlers work on. */
export interface Bindings {
	readonly source: StatsSource & { readonly config: Config; readonly failedTokens: FailedTokens };
	readonly parsed: ParsedRequest;
	readonly env: Env;
	readonly clientIp: string;
}

type AdminContext = Context<{ Bindings: Bindings }>;

/** The prefix of the edge's own paths. */
export const ADMIN_PATH = "/__edge/";

const NO_STORE = { "cache-control": "no-store" };

export const admin = new Hono<{ Bindings: Bindings }>();

admin.use("*", async (c, next) => {
	const { source, parsed } = c.env;
	const authorization = c.req.header("authorization") ?? null;
	const code = await checkAccess(
		{
			method: c.req.method,
			authorization,
			operator: c.req.header("x-edge-operator") ?? null,
			origin: c.req.header("origin") ?? null,
			ownOrigin: `${parsed.secure ? "https" : "http"}://${parsed.host}`,
		},
		source.config.token,
	);
	if (code === null) return next();
	if (code !== "EDGE_TOKEN") return edgeError(code, null);
	// A browser's first request has no token, and guesses nothing.
	if (tokenIn(authorization) !== null && !(await slowDown(c.env))) return edgeError("EDGE_TOKEN_RATE", null);
	return edgeError(code, null, { headers: CHALLENGE });
});

const CHALLENGE = { "www-authenticate": 'Basic realm="sticky-edge", charset="UTF-8"' };

/** Records a wrong token, and delays its answer; false when too many answers to this client are delayed already. */
async function slowDown({ source, clientIp }: Bindings): Promise<boolean> {
	const { counters, failedTokens } = source;
	counters.numbers[FRONT_AT.failed_tokens]! += 1;
	const now = Date.now();
	const { delayMs, count } = recordFailedToken(failedTokens, clientIp, now);
	if (count > 0) console.warn(failedTokenLine(clientIp, count, now));
	if (delayMs === null) return false;
	if (delayMs > 0) await scheduler.wait(delayMs);
	return true;
}

admin.get("/__edge/stats", async (c) => page(await statistics(c)));
admin.get("/__edge/stats/live", async (c) => c.html(livePart(await statistics(c)), 200, NO_STORE));
admin.get("/__edge/stats.json", async (c) => c.json(jsonOf(await statistics(c)), 200, NO_STORE));
admin.get("/__edge/stats.csv", async (c) =>
	forMachines(await statistics(c), (complete) => c.text(csvOf(complete), 200, NO_STORE)),
);
admin.get("/__edge/metrics", async (c) =>
	forMachines(await statistics(c), (complete) =>
		c.text(prometheusOf(complete), 200, {
			...NO_STORE,
			"content-type": "text/plain; version=0.0.4; charset=utf-8",
		}),
	),
);

admin.get("/__edge/pools", async (c) => {
	const verdict = await readVerdict(c.env.env);
	const pools = c.env.source.config.pools.map((pool) => describePool(pool, verdict));
	return c.json({ pools }, 200, NO_STORE);
});
admin.get("/__edge/pools/:pool", async (c) => {
	const pool = c.env.source.config.pools.find(({ name }) => name === c.req.param("pool"));
	if (pool === undefined) return edgeError("EDGE_NOT_FOUND", null);
	return c.json(describePool(pool, await readVerdict(c.env.env)), 200, NO_STORE);
});
admin.post("/__edge/nodes/:node", change);
admin.all("*", () => edgeError("EDGE_NOT_FOUND", null));

function statistics(c: AdminContext): Promise<Statistics> {
	return readStatistics(c.env.source, c.env.env);
}

/**
 * Counts for machines: 503 while a ledger is bound but does not answer. The counts of one isolate are lower than the
 * totals. Prometheus would treat that as a counter reset, and count everything again once the totals return
 * (https://prometheus.io/docs/concepts/metric_types/#counter).
 */
function forMachines(read: Statistics, render: (complete: Statistics) => Response): Response {
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

async function change(c: AdminContext): Promise<Response> {
	const { source, env, clientIp } = c.env;
	const body: unknown = await c.req.json().catch(() => null);
	const result = await changeNode(source.config.pools, env, c.req.param("node") ?? "", body);
	if (result.kind === "unknown_node") return edgeError("EDGE_NOT_FOUND", null);
	if (result.kind === "unavailable") return edgeError("EDGE_STATE", null);
	if (result.kind === "invalid")
		return edgeError("EDGE_WORD", null, { message: `Invalid change: ${result.message}` });
	console.log(auditLine(c.req.header("x-edge-operator") ?? "", clientIp, result, Date.now()));
	return c.json({ ...result.after, word: result.after.adminState }, 200, NO_STORE);
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
