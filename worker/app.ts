/** The router of the edge's own paths. Requests on their way to a node never come here. */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { judgeAccess } from "./admin/access.ts";
import { auditLine, describePool, tell } from "./admin/nodes.ts";
import { edgeError } from "./answers.ts";
import type { Edge } from "./edge.ts";
import type { Env } from "./env.ts";
import { clientAddress } from "./platform/client-address.ts";
import type { Asked } from "./request/classify.ts";
import { csvOf } from "./stats/csv.ts";
import { jsonOf } from "./stats/json.ts";
import { livePart, pageOf } from "./stats/page/page.ts";
import { prometheusOf } from "./stats/prometheus.ts";
import { verdict } from "./stats/seen.ts";
import { type Statistics, statistics } from "./stats/statistics.ts";

/** The router sees the request as already read. */
export interface Bindings {
	readonly edge: Edge;
	readonly asked: Asked;
	readonly env: Env;
}

type Call = Context<{ Bindings: Bindings }>;

/** Where the edge's own pages live. */
export const OWN_PATH = "/__edge/";

export const app = new Hono<{ Bindings: Bindings }>();

app.use("*", async (c, next) => {
	const { edge, asked } = c.env;
	const code = await judgeAccess(
		{
			method: c.req.method,
			authorization: c.req.header("authorization") ?? null,
			operator: c.req.header("x-edge-operator") ?? null,
			origin: c.req.header("origin") ?? null,
			own: `${asked.secure ? "https" : "http"}://${asked.host}`,
		},
		edge.config.token,
	);
	if (code === null) return next();
	const challenge = { "www-authenticate": 'Basic realm="sticky-edge", charset="UTF-8"' };
	return edgeError(code, null, code === "EDGE_TOKEN" ? challenge : {});
});

app.get("/__edge/stats", async (c) => page(await statistics(c.env.edge, c.env.env)));
app.get("/__edge/stats/live", async (c) =>
	c.html(livePart(await statistics(c.env.edge, c.env.env)), 200, FRESH),
);
app.get("/__edge/stats.json", async (c) =>
	c.json(jsonOf(await statistics(c.env.edge, c.env.env)), 200, FRESH),
);
app.get("/__edge/stats.csv", async (c) => c.text(csvOf(await statistics(c.env.edge, c.env.env)), 200, FRESH));
app.get("/__edge/metrics", async (c) =>
	c.text(prometheusOf(await statistics(c.env.edge, c.env.env)), 200, {
		...FRESH,
		"content-type": "text/plain; version=0.0.4; charset=utf-8",
	}),
);

app.get("/__edge/pools", async (c) => {
	const seen = await verdict(c.env.env);
	return c.json({ pools: c.env.edge.config.pools.map((pool) => describePool(pool, seen)) }, 200, FRESH);
});
app.get("/__edge/pools/:pool", async (c) => {
	const pool = c.env.edge.config.pools.find(({ name }) => name === c.req.param("pool"));
	if (pool === undefined) return edgeError("EDGE_NOT_FOUND", null);
	return c.json(describePool(pool, await verdict(c.env.env)), 200, FRESH);
});
app.post("/__edge/nodes/:node", change);
app.all("*", () => edgeError("EDGE_NOT_FOUND", null));

const FRESH = { "cache-control": "no-store" };

async function change(c: Call): Promise<Response> {
	const { edge, env } = c.env;
	const given: unknown = await c.req.json().catch(() => null);
	const told = await tell(edge, env, c.req.param("node") ?? "", given);
	if (told.kind === "unknown") return edgeError("EDGE_NOT_FOUND", null);
	if (told.kind === "away") return edgeError("EDGE_STATE", null);
	if (told.kind === "wrong") return edgeError("EDGE_WORD", null, {}, told.message);
	const address = clientAddress(edge.config, c.req.raw);
	console.log(auditLine(c.req.header("x-edge-operator") ?? "", address, told, Date.now()));
	return c.json(told.after, 200, FRESH);
}

/** Nothing on the page may come from elsewhere, and no other page may frame it. */
function page(read: Statistics): Response {
	const nonce = crypto.randomUUID();
	return new Response(pageOf(read, nonce), {
		headers: {
			...FRESH,
			"content-type": "text/html; charset=utf-8",
			"content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
			"referrer-policy": "no-referrer",
			"x-content-type-options": "nosniff",
			"x-robots-tag": "noindex",
		},
	});
}
