/** Pools and nodes for the operator, and the operator's changes to them. */
import type { Pool } from "../config/pool.ts";
import { askDurableObject, isBound } from "../durable-objects.ts";
import type { Env } from "../env.ts";
import { readVerdict } from "../health/ask-monitor.ts";
import type { NodeVerdict, Verdict } from "../health/verdict.ts";
import { noCheckHint } from "../health/warning.ts";

const CHANGE_DEADLINE_MS = 5000;

/** A pool with its nodes: their configuration without secrets, and the monitor's verdict. */
export function describePool(pool: Pool, verdict: Verdict | null) {
	const verdicts = pool.nodes.map(
		(node) => verdict?.nodes.find((each) => each.pool === pool.name && each.node === node.id) ?? null,
	);
	return {
		pool: pool.name,
		stickiness: pool.stickiness,
		balance: pool.balance,
		socketPath: pool.socketPath,
		nodes: pool.nodes.map((node, i) => {
			const found = verdicts[i]!;
			return {
				node: node.id,
				url: node.url,
				tag: node.tag,
				configuredWeight: node.weight,
				maxSessions: node.maxSessions,
				...(found === null ? { state: "no check" } : describeNode(found)),
				hint: noCheckHint(pool, found, verdicts),
			};
		}),
	};
}

function describeNode(verdict: NodeVerdict) {
	const { state, adminState, weight, since, reason, fault, check, health } = verdict;
	return {
		state,
		adminState,
		/** The earlier name of `adminState`. */
		word: adminState,
		weight,
		/** Null = the configured weight is in force. */
		operatorWeight: verdict.operatorWeight ?? null,
		since: since === 0 ? null : new Date(since).toISOString(),
		reason,
		fault,
		warnings: verdict.warnings ?? [],
		check,
		// A report from before the node went DOWN is no longer true.
		sessions: state === "DOWN" ? null : (health?.sessions ?? null),
	};
}

/** The result of a change: the node before and after it, or why it was not made. */
export type ChangeResult =
	| { readonly kind: "done"; readonly before: NodeVerdict | null; readonly after: NodeVerdict }
	| { readonly kind: "invalid"; readonly message: string }
	| { readonly kind: "unknown_node" }
	| { readonly kind: "unavailable" };

/** Sends a change to the monitor. `body` is the request's: `{"state": …}`, `{"weight": …}` or both; the weight null is the configured one. */
export async function changeNode(
	pools: readonly Pool[],
	env: Env,
	node: string,
	body: unknown,
): Promise<ChangeResult> {
	const pool = pools.find((each) => each.nodes.some(({ id }) => id === node));
	if (pool === undefined) return { kind: "unknown_node" };
	if (typeof body !== "object" || body === null || Array.isArray(body))
		return {
			kind: "invalid",
			message: 'body: not a JSON object; write {"state": "drain"} or {"weight": 50}',
		};
	if (!isBound(env, "monitor")) return { kind: "unavailable" };
	const before = (await readVerdict(env))?.nodes.find(
		(each) => each.pool === pool.name && each.node === node,
	);
	try {
		const { status, json } = await askDurableObject(env, "monitor", "/change", CHANGE_DEADLINE_MS, {
			method: "POST",
			body: JSON.stringify({ ...body, pool: pool.name, node }),
		});
		if (status === 400) return { kind: "invalid", message: (json as { message: string }).message };
		if (status !== 200) return { kind: "unavailable" };
		return { kind: "done", before: before ?? null, after: json as NodeVerdict };
	} catch {
		return { kind: "unavailable" };
	}
}

/** The audit line of a change: who made it, from which address, and the node before and after. */
export function auditLine(
	operator: string,
	address: string,
	{ before, after }: ChangeResult & { kind: "done" },
	now: number,
): string {
	const logged = (verdict: NodeVerdict | null) => {
		if (verdict === null) return null;
		const { adminState, weight, operatorWeight = null, state } = verdict;
		return { word: adminState, weight, operatorWeight, state };
	};
	return JSON.stringify({
		level: "info",
		event: "audit",
		at: new Date(now).toISOString(),
		operator: operator.trim().slice(0, 100),
		address,
		pool: after.pool,
		node: after.node,
		before: logged(before),
		after: logged(after),
	});
}
