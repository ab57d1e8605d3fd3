/** The operator's view of pools and nodes, and the operator's word on them. */
import type { Edge } from "../edge.ts";
import type { Env } from "../env.ts";
import type { NodeVerdict, Verdict } from "../health/verdict.ts";
import type { Pool } from "../pool.ts";
import { askShared, hasShared } from "../state.ts";
import { verdict } from "../stats/seen.ts";

/** Milliseconds an operator waits for the monitor. */
const ANSWER_LIMIT = 5000;

/** A pool with its nodes as they are configured and as the monitor sees them. Secrets have no place in it. */
export function describePool(pool: Pool, seen: Verdict | null) {
	return {
		pool: pool.name,
		stickiness: pool.stickiness,
		balance: pool.balance,
		socketPath: pool.socketPath,
		nodes: pool.nodes.map((node) => {
			const said = seen?.nodes.find((each) => each.pool === pool.name && each.node === node.id);
			return {
				node: node.id,
				url: node.url,
				tag: node.tag,
				configuredWeight: node.weight,
				maxSessions: node.maxSessions,
				...(said === undefined ? { state: "no check" } : seenOf(said)),
			};
		}),
	};
}

function seenOf({ state, word, weight, since, reason, fault, check, health }: NodeVerdict) {
	return {
		state,
		word,
		weight,
		since: since === 0 ? null : new Date(since).toISOString(),
		reason,
		fault,
		check,
		// What a node said before it went DOWN holds no more.
		sessions: state === "DOWN" ? null : (health?.sessions ?? null),
	};
}

/** What became of an operator's word: the node as it stands now, or a sentence on why not. */
export type Told =
	| { readonly kind: "done"; readonly before: NodeVerdict | null; readonly after: NodeVerdict }
	| { readonly kind: "wrong"; readonly message: string }
	| { readonly kind: "unknown" }
	| { readonly kind: "away" };

/** Says it to the monitor. `given` is the request's body: `{"word": …}` or `{"weight": …}`. */
export async function tell(edge: Edge, env: Env, node: string, given: unknown): Promise<Told> {
	const pool = edge.config.pools.find((each) => each.nodes.some(({ id }) => id === node));
	if (pool === undefined) return { kind: "unknown" };
	if (typeof given !== "object" || given === null || Array.isArray(given))
		return { kind: "wrong", message: 'body: not a JSON object; write {"word": "drain"} or {"weight": 50}' };
	if (!hasShared(env, "monitor")) return { kind: "away" };
	const before = (await verdict(env))?.nodes.find((each) => each.pool === pool.name && each.node === node);
	try {
		const response = await askShared(env, "monitor", "/word", {
			method: "POST",
			body: JSON.stringify({ ...given, pool: pool.name, node }),
			signal: AbortSignal.timeout(ANSWER_LIMIT),
		});
		if (response.status === 400)
			return { kind: "wrong", message: ((await response.json()) as { message: string }).message };
		if (!response.ok) return { kind: "away" };
		return { kind: "done", before: before ?? null, after: (await response.json()) as NodeVerdict };
	} catch {
		return { kind: "away" };
	}
}

/** One line of the log for each change: who, what, from what to what. */
export function auditLine(
	operator: string,
	address: string,
	told: Told & { kind: "done" },
	now: number,
): string {
	const { before, after } = told;
	const part = (said: NodeVerdict | null) =>
		said === null ? null : { word: said.word, weight: said.weight, state: said.state };
	return JSON.stringify({
		level: "info",
		event: "audit",
		at: new Date(now).toISOString(),
		operator: operator.trim().slice(0, 100),
		address,
		pool: after.pool,
		node: after.node,
		before: part(before),
		after: part(after),
	});
}
