/** A node's answer to `GET /healthz` (contract: `NodeHealth`). */
import type { ServerResponse } from "node:http";
import type { NodeHealth, Refusal } from "../../worker/contract.ts";
import type { AttachPlan } from "./options.ts";
import type { SessionCounts } from "./sessions.ts";

/** The health of a node that refuses new sessions for `refusal`, or accepts them (null). */
export function nodeHealth(
	plan: AttachPlan,
	boot: string,
	refusal: Refusal | null,
	sessions: SessionCounts,
): NodeHealth {
	return {
		...plan.report(),
		schema: 1,
		node: plan.node,
		tag: plan.tag,
		boot,
		state: refusal ?? "ready",
		sessions: sessions.live.size,
		limit: plan.limit,
		transports: sessions.transports,
		opened: sessions.opened,
		closed: sessions.closed,
	};
}

/** Sends the health: status 200 while the node accepts sessions, otherwise 503 with the same body. */
export function sendHealth(response: ServerResponse, health: NodeHealth, isHead: boolean): void {
	const body = JSON.stringify(health);
	response.writeHead(health.state === "ready" ? 200 : 503, {
		"content-type": "application/json",
		"content-length": Buffer.byteLength(body),
		"cache-control": "no-store",
	});
	response.end(isHead ? undefined : body);
}
