/** What is not Engine.IO: the edge's own paths, and plain http on its way to a node. */
import { type Context, Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { timingSafeEqual } from "hono/utils/buffer";
import { edgeError } from "./answers.ts";
import type { Edge } from "./edge.ts";
import { proxy } from "./proxy.ts";
import { type Asked, hostName } from "./request/classify.ts";
import { isLoopback } from "./request/redirect.ts";
import { statsRows } from "./stats/rows.ts";

/** A router sees the request as already read. */
export interface Bindings {
	readonly edge: Edge;
	readonly asked: Asked;
}

export const app = new Hono<{ Bindings: Bindings }>();

app.use("/__edge/*", async (c, next) => {
	if (c.env.edge.config.token === "") return edgeError("EDGE_NOT_FOUND", null);
	return next();
});
app.use(
	"/__edge/*",
	bearerAuth({
		verifyToken: (token, c: Context<{ Bindings: Bindings }>) =>
			timingSafeEqual(token, c.env.edge.config.token),
	}),
);
app.get("/__edge/stats.json", (c) => c.json(statsRows(c.env.edge)));
app.all("/__edge/*", () => edgeError("EDGE_NOT_FOUND", null));

app.all("*", async (c) => {
	const { edge, asked } = c.env;
	const response = await proxy(c.req.raw, asked, edge);
	return secured(response, asked, edge.config.settings.hsts);
});

/** Adds Strict-Transport-Security (RFC 6797) to a page; a 101 is never touched, or its socket is lost. */
function secured(response: Response, asked: Asked, hsts: number): Response {
	if (!asked.secure || hsts === 0 || response.status === 101 || isLoopback(hostName(asked.host)))
		return response;
	const copy = new Response(response.body, response);
	copy.headers.set("strict-transport-security", `max-age=${hsts}`);
	return copy;
}
