/** A request on its way to a node: route, guard, then what must come before it is sent. */
import { edgeError } from "./answers.ts";
import type { Arrival } from "./arrival.ts";
import { passedOn } from "./forward/passed.ts";
import { coldWait, refreshIfDue } from "./health/refresh.ts";
import { onward } from "./onward.ts";
import { denied, ended, isHandshake, type Passage } from "./passage.ts";
import { clientAddress } from "./platform/client-address.ts";
import { admitsHandshake, tooManyHandshakes } from "./platform/limiter.ts";
import type { Pool } from "./pool.ts";
import { bodyWithin, needsReading } from "./request/body.ts";
import { deny, guard } from "./request/guard.ts";
import { route } from "./request/route.ts";

/** Passes on a request that is not the edge's own. Neither throws nor rejects for what a client or a node does. */
export function proxy(arrival: Arrival): Promise<Passage> | Passage {
	const { request, carried, asked, edge, env, startedAt } = arrival;
	const pool = route(edge.config, asked);
	if (pool === null) return ended(arrival, "no_route", edgeError("EDGE_NO_ROUTE", carried.origin), null);
	const denial = guard(asked, carried, pool);
	if (denial !== null) return denied(arrival, denial, pool);
	const clientIp = clientAddress(edge.config, request);
	if (isHandshake(asked)) return opening(arrival, pool, clientIp);
	if (needsReading(asked, carried)) return reading(arrival, pool, clientIp);
	// fetch takes no body with these, and a client that sends one must not look like a node that failed.
	const body = asked.method === "GET" || asked.method === "HEAD" ? null : request.body;
	return sending(arrival, pool, clientIp, body, refreshIfDue(edge, env, false, startedAt));
}

/** A handshake: counted against its client, and in a cold isolate not before the first verdict. */
async function opening(arrival: Arrival, pool: Pool, clientIp: string): Promise<Passage> {
	const { carried, edge, env, startedAt } = arrival;
	if (!(await admitsHandshake(edge, env, pool, clientIp, startedAt)))
		return denied(arrival, tooManyHandshakes(carried.origin), pool);
	const refreshing = refreshIfDue(edge, env, true, startedAt);
	await coldWait(edge, refreshing);
	return sending(arrival, pool, clientIp, null, refreshing);
}

/** A body of unknown length: read before a node is troubled. */
async function reading(arrival: Arrival, pool: Pool, clientIp: string): Promise<Passage> {
	const { request, carried, asked, edge, env, startedAt } = arrival;
	const body = await bodyWithin(request, pool.maxBody);
	if (body === "too long") return denied(arrival, deny("body", asked, carried.origin, pool), pool);
	return sending(arrival, pool, clientIp, body, refreshIfDue(edge, env, false, startedAt));
}

type Body = Parameters<typeof passedOn>[2];

function sending(
	arrival: Arrival,
	pool: Pool,
	clientIp: string,
	body: Body,
	refreshing: Promise<void> | null,
): Promise<Passage> | Passage {
	const passage = onward(arrival, pool, passedOn(arrival, pool, body, clientIp), clientIp);
	return refreshing === null ? passage : keepingOn(arrival.ctx, refreshing, passage);
}

/** Once headers are here an open task no longer keeps a client's end from its node. */
async function keepingOn(
	ctx: ExecutionContext,
	task: Promise<void>,
	passage: Promise<Passage> | Passage,
): Promise<Passage> {
	const passed = await passage;
	ctx.waitUntil(task);
	return passed;
}
