/** Which session each client of a group opens: its address, its templates filled. */
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import type { Plan } from "../../plan/plan.ts";
import { fill, fillAll, fillJson } from "../../plan/template.ts";
import type { SessionOptions } from "./session.ts";

/** The session of client `n` (from 0) of a group. */
export function personaOf(plan: Plan, { transport, path }: LoadGroupPlan, n: number): SessionOptions {
	const values = { n, path: path.name, transport, seed: plan.seed };
	const { sources } = plan;
	return {
		url: path.urls[n % path.urls.length]!,
		transport,
		socketPath: plan.socketPath,
		insecure: plan.insecure,
		policyPort: plan.policyPort,
		connectTimeout: plan.connectTimeout,
		ask:
			plan.probe === "echo" ? { event: plan.event, ack: plan.ack, message: messageOf(plan, values) } : null,
		source: sources.length > 0 ? sources[n % sources.length]! : "",
		keepAlive: plan.pollingAgent === "keep-alive" || transport !== "polling",
		reconnection: plan.reconnection,
		namespace: fill(plan.namespace, values),
		auth: plan.auth === "" ? {} : (fillJson(plan.auth, values, "--auth") as Record<string, unknown>),
		query: fillAll(plan.query, values),
		headers: fillAll({ ...plan.headers, ...plan.pathHeaders[path.name] }, values),
	};
}

/** What a client sends: its template filled, or `payload` bytes, one a character. */
function messageOf(
	plan: Plan,
	values: { n: number; path: string; transport: string; seed: number },
): unknown {
	return plan.message === "" ? "x".repeat(plan.payload) : fillJson(plan.message, values, "--message");
}
