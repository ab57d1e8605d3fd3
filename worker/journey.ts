/** One request under way: choose, forward, fail over. */
import { edgeError, engineError, preflight } from "./answers.ts";
import { choose } from "./choose/choose.ts";
import { hashKey } from "./choose/key.ts";
import { nodeOfSource } from "./choose/source.ts";
import type { Edge } from "./edge.ts";
import { mayRetry } from "./forward/failure.ts";
import { type Attempt, forward, type Passed } from "./forward/forward.ts";
import { nodeHeaders } from "./forward/headers.ts";
import { limitOf } from "./forward/limits.ts";
import { outwardLocation } from "./forward/location.ts";
import { Late, within } from "./forward/within.ts";
import { type Outcome, onOutcome } from "./health/breaker.ts";
import { faultLine } from "./health/fault.ts";
import { type Knowledge, stateAt } from "./health/knowledge.ts";
import { type Ending, isHandshake, type Passage } from "./passage.ts";
import type { Node, Pool } from "./pool.ts";
import type { Asked } from "./request/classify.ts";
import { cureFor, settle } from "./stick/handshake.ts";
import { removeTag } from "./stick/rewrite.ts";
import type { Stuck } from "./stick/stick.ts";

export class Journey {
	readonly #attempts: Attempt[] = [];
	readonly #request: Request;
	readonly #asked: Asked;
	readonly #edge: Edge;
	readonly #pool: Pool;
	readonly #known: Knowledge;
	readonly #passed: Passed;
	readonly #startedAt: number;

	constructor(request: Request, asked: Asked, edge: Edge, pool: Pool, clientIp: string, startedAt: number) {
		this.#request = request;
		this.#asked = asked;
		this.#edge = edge;
		this.#pool = pool;
		this.#known = edge.known[pool.index]!;
		this.#passed = passedOn(request, asked, edge, pool, clientIp);
		this.#startedAt = startedAt;
	}

	/** To the node that stickiness names, or to one of choice. */
	follow(stuck: Stuck): Promise<Passage> {
		if (stuck.kind === "gone") return Promise.resolve(this.#gone());
		if (stuck.kind === "node") return this.#toItsNode(stuck.node);
		if (stuck.kind === "key") {
			const { key } = stuck;
			const next = (tried: readonly Node[]) => nodeOfSource(this.#pool, this.#known, key, tried, Date.now());
			if (this.#asked.sid === null) return this.#toAnyNode(next);
			const node = next([]);
			return node === null ? Promise.resolve(this.#gone()) : this.#toItsNode(node);
		}
		const prefer = stuck.kind === "prefer" ? stuck.node : null;
		const key = hashKey(this.#pool, this.#asked.search, this.#request.headers);
		const session = isHandshake(this.#asked);
		return this.#toAnyNode((tried) =>
			choose(this.#pool, this.#known, tried, { now: Date.now(), random: Math.random, key, prefer, session }),
		);
	}

	/** A request of a session: to its node, or gone. Never to another. */
	async #toItsNode(node: Node): Promise<Passage> {
		if (stateAt(this.#known, node.index) === "MAINT") return this.#gone();
		const { outcome, response } = await this.#send(node);
		if (outcome !== "unreachable" && outcome !== "timeout") return this.#end("passed", response!);
		await discard(response);
		return this.#gone();
	}

	/** A new session, or a request outside Engine.IO: to the next of choice for as long as that is harmless. */
	async #toAnyNode(next: (tried: readonly Node[]) => Node | null): Promise<Passage> {
		const tried: Node[] = [];
		for (;;) {
			const node = next(tried);
			if (node === null) return this.#exhausted();
			const { outcome, response } = await this.#send(node);
			if (outcome === "ok") return this.#end("passed", outwardLocation(response!, node, this.#asked));
			if (!this.#mayRetry(outcome)) return this.#end("failed", response ?? this.#failure());
			await discard(response);
			tried.push(node);
		}
	}

	/** By source the address alone names the node: another would never be found again. */
	#mayRetry(outcome: Outcome): boolean {
		return mayRetry(this.#asked, outcome) && !(this.#pool.stickiness === "source" && outcome === "refused");
	}

	async #send(node: Node): Promise<Attempt> {
		const sent = await forward(this.#edge.config, node, this.#passed);
		const attempt = sent.outcome === "ok" && isHandshake(this.#asked) ? await this.#settled(sent) : sent;
		this.#attempts.push(attempt);
		// With a body under way the client may be the one who broke off or is slow: no evidence of the node.
		if (attempt.outcome === "ok" || attempt.outcome === "refused" || this.#passed.body === null)
			onOutcome(this.#known, node.index, attempt.outcome, attempt.endedAt, Math.random);
		return attempt;
	}

	/** The answer of a handshake as stickiness wants it. Where its body is read, that is part of the attempt. */
	async #settled(attempt: Attempt): Promise<Attempt> {
		const { node, response } = attempt;
		const cookies = this.#request.headers.get("cookie");
		try {
			const work = settle(this.#pool, this.#known, node, this.#asked, cookies, response!);
			const settled = await within(this.#pool.limits.handshake, work);
			if (typeof settled !== "string") return { ...attempt, response: settled };
			console.error(faultLine(settled, this.#pool, node));
			return { ...attempt, outcome: "refused", response: null };
		} catch (error) {
			const outcome = error instanceof Late ? "timeout" : "unreachable";
			return { ...attempt, outcome, response: null, endedAt: Date.now() };
		}
	}

	/** Tells the client that its session is no more, so that it makes a new one within 1.5 s; a preflight is only a question. */
	#gone(): Passage {
		const origin = this.#request.headers.get("origin");
		if (this.#asked.method === "OPTIONS")
			return this.#end("preflight", preflight(origin, this.#request.headers));
		return this.#end("gone", engineError(1, origin));
	}

	/** Every node that may be tried was. A failing handshake is the one answer that makes clients back off. */
	#exhausted(): Passage {
		const origin = this.#request.headers.get("origin");
		if (this.#asked.engine !== null && this.#asked.method === "OPTIONS")
			return this.#end("preflight", preflight(origin, this.#request.headers));
		const cure = this.#asked.engine === null ? null : cureFor(this.#pool, this.#known);
		if (cure !== null) return this.#end("no_node", edgeError("EDGE_FOREIGN_SID", origin, {}, cure));
		if (this.#asked.engine === null && this.#attempts.length > 0) return this.#end("failed", this.#failure());
		return this.#end("no_node", edgeError("EDGE_NO_NODE", origin));
	}

	#failure(): Response {
		const last = this.#attempts.at(-1)?.outcome;
		const code =
			last === "timeout" ? "EDGE_NODE_TIMEOUT" : last === "refused" ? "EDGE_NO_NODE" : "EDGE_NODE_FAILED";
		return edgeError(code, this.#request.headers.get("origin"));
	}

	#end(ending: Ending, response: Response): Passage {
		return {
			asked: this.#asked,
			ending,
			response,
			pool: this.#pool,
			attempts: this.#attempts,
			startedAt: this.#startedAt,
			denial: null,
		};
	}
}

/** Lets go of an answer that is not passed on; that its node broke off meanwhile does not matter. */
async function discard(response: Response | null): Promise<void> {
	await response?.body?.cancel().catch(() => {});
}

function passedOn(request: Request, asked: Asked, edge: Edge, pool: Pool, clientIp: string): Passed {
	const search = pool.stickiness === "rewrite" && asked.sid !== null ? removeTag(asked.search) : asked.search;
	return {
		method: request.method,
		target: asked.path + search,
		headers: nodeHeaders(request.headers, {
			clientIp,
			host: asked.host,
			secure: asked.secure,
			secret: edge.config.nodeSecret,
		}),
		// fetch takes no body with these, and a client that sends one must not look like a node that failed.
		body: request.method === "GET" || request.method === "HEAD" ? null : request.body,
		limit: limitOf(pool, asked),
		ofSession: asked.sid !== null,
	};
}
