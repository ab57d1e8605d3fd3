/** The way to what the isolates share: two Durable Objects, bound directly or behind a self-hosted state process. */
import type { Env } from "./env.ts";

/** The Durable Objects: `monitor` probes the nodes and keeps the operator's word, `ledger` adds up the counts. */
export type Shared = "monitor" | "ledger";

/** One object of each kind, whatever isolate asks. */
const NAME = "edge";

/** Whether there is one to ask. */
export function hasShared(env: Env, which: Shared): boolean {
	return env.STATE !== undefined || namespaceOf(env, which) !== undefined;
}

/** Asks it. Rejects when it is away; the caller sets the time limit by `init.signal`. */
export async function askShared(
	env: Env,
	which: Shared,
	path: string,
	init: RequestInit = {},
): Promise<Response> {
	if (env.STATE !== undefined) return env.STATE.fetch(`http://state/${which}${path}`, init);
	const namespace = namespaceOf(env, which);
	if (namespace === undefined) throw new Error(`no Durable Object is bound for ${which}`);
	const hint = env.EDGE_LOCATION ? { locationHint: env.EDGE_LOCATION as DurableObjectLocationHint } : {};
	return namespace.get(namespace.idFromName(NAME), hint).fetch(`http://state${path}`, init);
}

function namespaceOf(env: Env, which: Shared): DurableObjectNamespace | undefined {
	return which === "monitor" ? env.MONITOR : env.LEDGER;
}
