/** A new session, or a request outside Engine.IO, under way: choose, forward, fail over. */
import { edgeError, preflight } from "./answers.ts";
import type { Arrival } from "./arrival.ts";
import { mayRetry } from "./forward/failure.ts";
import { type Attempt, forward } from "./forward/forward.ts";
import { outwardLocation } from "./forward/location.ts";
import type { Passed } from "./forward/passed.ts";
import { Late, within } from "./forward/within.ts";
import { type Outcome, onOutcome } from "./health/breaker.ts";
import { faultLine } from "./health/fault.ts";
import type { Knowledge } from "./health/knowledge.ts";
import { discard, type Ending, isHandshake, type Passage, passageOf } from "./passage.ts";
import type { Node, Pool } from "./pool.ts";
import { cureFor, settle } from "./stick/handshake.ts";

export class Journey {
	readonly #attempts: Attempt[] = [];
	readonly #arrival: Arrival;
	readonly #pool: Pool;
	readonly #known: Knowledge;
	readonly #passed: Passed;

	constructor(arrival: Arrival, pool: Pool, passed: Passed) {
		this.#arrival = arrival;
		this.#pool = pool;
		this.#known = arrival.edge.known[pool.index]!;
		this.#passed = passed;
	}

	/** To the node that `next` gives, and on to the next for as long as that is harmless. */
	async toAnyNode(next: (tried: readonly Node[]) => Node | null): Promise<Passage> {
		const { asked } = this.#arrival;
		const tried: Node[] = [];
		for (;;) {
			const node = next(tried);
			if (node === null) return this.#exhausted();
			const { outcome, response } = await this.#send(node);
			if (outcome === "ok") return this.#end("passed", outwardLocation(response!, node, asked));
			if (!this.#mayRetry(outcome)) return this.#end("failed", response ?? this.#failure());
			await discard(response);
			tried.push(node);
		}
	}

	/** By source the address alone names the node: another would never be found again. */
	#mayRetry(outcome: Outcome): boolean {
		if (this.#pool.stickiness === "source" && outcome === "refused") return false;
		return mayRetry(this.#arrival.asked, outcome);
	}

	async #send(node: Node): Promise<Attempt> {
		const { asked, edge } = this.#arrival;
		const sent = await forward(edge.config.platform, node, this.#passed);
		const attempt = sent.outcome === "ok" && isHandshake(asked) ? await this.#settled(sent) : sent;
		this.#attempts.push(attempt);
		// With a body under way the client may be the one who broke off or is slow: no evidence of the node.
		if (attempt.outcome === "ok" || attempt.outcome === "refused" || this.#passed.body === null)
			onOutcome(this.#known, node.index, attempt.outcome, attempt.endedAt, Math.random);
		return attempt;
	}

	/** The answer of a handshake as stickiness wants it. Where its body is read, that is part of the attempt. */
	async #settled(attempt: Attempt): Promise<Attempt> {
		const { asked, carried } = this.#arrival;
		const { node, response } = attempt;
		try {
			const work = settle(this.#pool, this.#known, node, asked, carried.cookie, response!);
			const settled = await within(this.#pool.limits.handshake, work);
			if (typeof settled !== "string") return { ...attempt, response: settled };
			console.error(faultLine(settled, this.#pool, node));
			return { ...attempt, outcome: "refused", response: null };
		} catch (error) {
			const outcome = error instanceof Late ? "timeout" : "unreachable";
			return { ...attempt, outcome, response: null, endedAt: Date.now() };
		}
	}

	/** Every node that may be tried was. A failing handshake is the one answer that makes clients back off. */
	#exhausted(): Passage {
		const { asked, carried, request } = this.#arrival;
		if (asked.engine === null)
			return this.#attempts.length > 0
				? this.#end("failed", this.#failure())
				: this.#end("no_node", edgeError("EDGE_NO_NODE", carried.origin));
		if (asked.method === "OPTIONS") return this.#end("preflight", preflight(carried.origin, request.headers));
		const cure = cureFor(this.#pool, this.#known);
		if (cure !== null) return this.#end("no_node", edgeError("EDGE_FOREIGN_SID", carried.origin, {}, cure));
		return this.#end("no_node", edgeError("EDGE_NO_NODE", carried.origin));
	}

	#failure(): Response {
		const last = this.#attempts.at(-1)?.outcome;
		const code =
			last === "timeout" ? "EDGE_NODE_TIMEOUT" : last === "refused" ? "EDGE_NO_NODE" : "EDGE_NODE_FAILED";
		return edgeError(code, this.#arrival.carried.origin);
	}

	#end(ending: Ending, response: Response): Passage {
		return passageOf(this.#arrival, ending, response, this.#pool, this.#attempts);
	}
}
