/** Requests to the two Durable Objects, bound directly or behind a self-hosted state process. */

import { withDeadline } from "./deadline.ts";
import type { Env } from "./env.ts";

/** `monitor` probes the nodes and keeps their admin states; `ledger` adds up the statistics. */
export type DurableObjectName = "monitor" | "ledger";

/** All isolates share one object of each class. */
const OBJECT_NAME = "edge";

/** Whether the object is bound. */
export function isBound(env: Env, object: DurableObjectName): boolean {
	return env.STATE !== undefined || namespaceOf(env, object) !== undefined;
}

/** Sends one request and reads the complete answer. Rejects when the object is unavailable or exceeds the deadline. */
export function askDurableObject(
	env: Env,
	object: DurableObjectName,
	path: string,
	deadlineMs: number,
	init: RequestInit = {},
): Promise<{ status: number; json: unknown }> {
	const controller = new AbortController();
	const read = async () => {
		const response = await forwardToDurableObject(env, object, path, { ...init, signal: controller.signal });
		return { status: response.status, json: await response.json() };
	};
	return withDeadline(deadlineMs, read(), controller);
}

/** Sends one request and returns the answer unread. Rejects when the object is unavailable. */
export function forwardToDurableObject(
	env: Env,
	object: DurableObjectName,
	path: string,
	init: RequestInit,
): Promise<Response> {
	if (env.STATE !== undefined) return env.STATE.fetch(`http://state/${object}${path}`, init);
	const namespace = namespaceOf(env, object);
	if (namespace === undefined) return Promise.reject(new Error(`no Durable Object is bound for ${object}`));
	const hint = env.EDGE_LOCATION ? { locationHint: env.EDGE_LOCATION as DurableObjectLocationHint } : {};
	return namespace.get(namespace.idFromName(OBJECT_NAME), hint).fetch(`http://state${path}`, init);
}

function namespaceOf(env: Env, object: DurableObjectName): DurableObjectNamespace | undefined {
	return object === "monitor" ? env.MONITOR : env.LEDGER;
}
