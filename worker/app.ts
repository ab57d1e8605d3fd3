/** The router: the edge's own paths, and plain http on its way to a node. Engine.IO requests never come here. */
import { type Context, Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { timingSafeEqual } from "hono/utils/buffer";
import { edgeError } from "./answers.ts";
import type { Edge } from "./edge.ts";
import type { Asked } from "./request/classify.ts";
import { statsRows } from "./stats/rows.ts";

/** A router sees the request as already read. */
export interface Bindings {
	readonly edge: Edge;
	readonly asked: Asked;
}

/** Where the edge's own pages live. */
export const OWN_PATH = "/__edge/";

export const app = new Hono<{ Bindings: Bindings }>();

app.use("*", async (c, next) => {
	if (c.env.edge.config.token === "") return edgeError("EDGE_NOT_FOUND", null);
	return next();
});
app.use(
	"*",
	bearerAuth({
		verifyToken: (token, c: Context<{ Bindings: Bindings }>) =>
			timingSafeEqual(token, c.env.edge.config.token),
	}),
);
app.get("/__edge/stats.json", (c) => c.json(statsRows(c.env.edge)));
app.all("*", () => edgeError("EDGE_NOT_FOUND", null));
