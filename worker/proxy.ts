/** A request to its node: route, guard, stick or choose, forward, fail over. */
import { edgeError, engineError, preflight } from "./answers.ts";
import { choose } from "./choose/choose.ts";
import type { Edge } from "./edge.ts";
import { mayRetry } from "./forward/failure.ts";
import { type Attempt, forward, type Passed } from "./forward/forward.ts";
import { nodeHeaders } from "./forward/headers.ts";
import { limitOf } from "./forward/limits.ts";
import { type Ending, ended, type Passage } from "./passage.ts";
import { clientAddress } from "./platform/client-address.ts";
import type { Node, Pool } from "./pool.ts";
import type { Asked } from "./request/classify.ts";
import { guard } from "./request/guard.ts";
import { route } from "./request/route.ts";
import { nodeOfSid } from "./stick/sid.ts";

/** Passes on a request that is not the edge's own. Never throws for what a client or a node does. */
export async function proxy(request: Request, asked: Asked, edge: Edge, startedAt: number): Promise<Passage> {
	const pool = route(edge.config, asked);
	if (pool === null)
		return ended(
			asked,
			"no_route",
			edgeError("EDGE_NO_ROUTE", request.headers.get("origin")),
			null,
			startedAt,
		);
	const denial = guard(request, asked, pool, edge);
	if (denial !== null) return ended(asked, "denied", denial, pool, startedAt);
	const journey = new Journey(request, asked, edge, pool, startedAt);
	return asked.sid === null ? journey.toAnyNode() : journey.toItsNode(asked.sid);
}

/** One request under way: what every step of it needs, and the attempts so far. */
class Journey {
	readonly attempts: Attempt[] = [];
	readonly request: Request;
	readonly asked: Asked;
	readonly edge: Edge;
	readonly pool: Pool;
	readonly startedAt: number;
	readonly passed: Passed;

	constructor(request: Request, asked: Asked, edge: Edge, pool: Pool, startedAt: number) {
		this.request = request;
		this.asked = asked;
		this.edge = edge;
		this.pool = pool;
		this.startedAt = startedAt;
		this.passed = passedOn(request, asked, edge, pool);
	}

	/** A request of a session: to its node, or gone. Never to another. */
	async toItsNode(sid: string): Promise<Passage> {
		const node = nodeOfSid(this.pool, sid);
		if (node === null) return this.gone();
		const { outcome, response } = await this.send(node);
		return outcome === "unreachable" || outcome === "timeout" ? this.gone() : this.end("passed", response!);
	}

	/** A new session, or a request outside Engine.IO: to the node of choice, and on to the next where that is harmless. */
	async toAnyNode(): Promise<Passage> {
		const tried: Node[] = [];
		for (;;) {
			const node = choose(this.pool, this.edge.known[this.pool.index]!, tried, Math.random);
			if (node === null) return this.exhausted();
			const { outcome, response } = await this.send(node);
			if (outcome === "ok") return this.end("passed", response!);
			if (!mayRetry(this.asked, outcome)) return this.end("failed", response ?? this.failure());
			await response?.body?.cancel();
			tried.push(node);
		}
	}

	async send(node: Node): Promise<Attempt> {
		const attempt = await forward(this.edge.config, node, this.passed);
		this.attempts.push(attempt);
		return attempt;
	}

	/** Tells the client that its session is no more, so that it makes a new one within 1.5 s; a preflight is only a question. */
	gone(): Passage {
		const origin = this.request.headers.get("origin");
		if (this.asked.method === "OPTIONS")
			return this.end("preflight", preflight(origin, this.request.headers));
		return this.end("gone", engineError(1, origin));
	}

	/** Every node that might be tried was: on the Engine.IO path a 503 makes clients back off, elsewhere the last failure speaks. */
	exhausted(): Passage {
		const origin = this.request.headers.get("origin");
		if (this.asked.engine === null && this.attempts.length > 0) return this.end("failed", this.failure());
		if (this.asked.engine !== null && this.asked.method === "OPTIONS")
			return this.end("preflight", preflight(origin, this.request.headers));
		return this.end("no_node", edgeError("EDGE_NO_NODE", origin));
	}

	failure(): Response {
		const last = this.attempts.at(-1)?.outcome;
		const code =
			last === "timeout" ? "EDGE_NODE_TIMEOUT" : last === "refused" ? "EDGE_NO_NODE" : "EDGE_NODE_FAILED";
		return edgeError(code, this.request.headers.get("origin"));
	}

	end(ending: Ending, response: Response): Passage {
		return {
			asked: this.asked,
			ending,
			response,
			pool: this.pool,
			attempts: this.attempts,
			startedAt: this.startedAt,
		};
	}
}

function passedOn(request: Request, asked: Asked, edge: Edge, pool: Pool): Passed {
	return {
		method: request.method,
		target: asked.path + asked.search,
		headers: nodeHeaders(request.headers, {
			clientIp: clientAddress(edge.config, request),
			host: asked.host,
			secure: asked.secure,
			secret: edge.config.nodeSecret,
		}),
		body: request.body,
		limit: limitOf(pool, asked),
	};
}
