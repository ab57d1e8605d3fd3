/** A node's answer to `GET /healthz` (contract: `NodeHealth`). */
import type { ServerResponse } from "node:http";
import type { NodeHealth } from "../../worker/contract.ts";

/** Writes the health: 200 while the node takes sessions, else 503 with the same body. */
export function sendHealth(response: ServerResponse, health: NodeHealth, head: boolean): void {
	const body = JSON.stringify(health);
	response.writeHead(health.state === "ready" ? 200 : 503, {
		"content-type": "application/json",
		"content-length": Buffer.byteLength(body),
		"cache-control": "no-store",
	});
	response.end(head ? undefined : body);
}
