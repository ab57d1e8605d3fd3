/** A request on its way to a node: route, guard, stick, then one node or the next. */
import { edgeError } from "./answers.ts";
import type { Edge } from "./edge.ts";
import type { Env } from "./env.ts";
import { coldWait, refreshIfDue } from "./health/refresh.ts";
import { Journey } from "./journey.ts";
import { denied, ended, isHandshake, type Passage } from "./passage.ts";
import { clientAddress } from "./platform/client-address.ts";
import { admitsHandshake, tooManyHandshakes } from "./platform/limiter.ts";
import { needsReading, readWithin } from "./request/body.ts";
import type { Asked } from "./request/classify.ts";
import { deny, guard } from "./request/guard.ts";
import { route } from "./request/route.ts";
import { stick } from "./stick/stick.ts";

/** Passes on a request that is not the edge's own. Never throws for what a client or a node does. */
export async function proxy(
	request: Request,
	asked: Asked,
	edge: Edge,
	env: Env,
	ctx: ExecutionContext,
	startedAt: number,
): Promise<Passage> {
	const pool = route(edge.config, asked);
	if (pool === null)
		return ended(
			asked,
			"no_route",
			edgeError("EDGE_NO_ROUTE", request.headers.get("origin")),
			null,
			startedAt,
		);
	const denial = guard(request, asked, pool);
	if (denial !== null) return denied(asked, denial, pool, startedAt);
	const clientIp = clientAddress(edge.config, request);
	if (isHandshake(asked) && !(await admitsHandshake(edge, env, pool, clientIp, startedAt)))
		return denied(asked, tooManyHandshakes(request.headers.get("origin")), pool, startedAt);
	const bounded = needsReading(request, asked) ? await readWithin(request, pool.maxBody) : request;
	if (bounded === null)
		return denied(asked, deny("body", asked, request.headers.get("origin"), pool), pool, startedAt);
	const refreshing = refreshIfDue(edge, env, isHandshake(asked), startedAt);
	if (isHandshake(asked)) await coldWait(edge, refreshing);
	const stuck = stick(pool, asked, request.headers.get("cookie"), clientIp);
	const passage = await new Journey(bounded, asked, edge, pool, clientIp, startedAt).follow(stuck);
	// Headers are here: from now on an open task no longer keeps a client's end from its node.
	if (refreshing !== null) ctx.waitUntil(refreshing);
	return passage;
}
