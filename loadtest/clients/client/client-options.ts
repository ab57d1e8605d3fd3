/** The options of each client of a load group: its address, and its templates filled. */
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import { ownNumber } from "../../plan/machine.ts";
import type { Plan } from "../../plan/plan.ts";
import { fill, fillAll, fillJson, type TemplateValues } from "../../plan/template.ts";
import type { SessionOptions } from "./session.ts";

/** The session that a client opens; `n` (from 0) is its number in its load group over all machines of the test. */
export function clientOptions(plan: Plan, { transport, path }: LoadGroupPlan, n: number): SessionOptions {
	const values = { n, path: path.name, transport, seed: plan.seed };
	const { sources } = plan;
	// Each machine uses all addresses, however many machines there are.
	const own = ownNumber(plan.machine, n);
	return {
		url: path.urls[own % path.urls.length]!,
		transport,
		plain: plan.plainClient,
		socketPath: plan.socketPath,
		insecure: plan.insecure,
		policyPort: plan.policyPort,
		connectTimeout: plan.connectTimeout,
		message:
			plan.probe === "echo" ? { event: plan.event, ack: plan.ack, payload: payloadOf(plan, values) } : null,
		source: sources.length > 0 ? sources[own % sources.length]! : "",
		keepAlive: plan.pollingAgent === "keep-alive" || transport !== "polling",
		reconnection: plan.reconnection,
		namespace: fill(plan.namespace, values),
		auth: plan.auth === "" ? {} : (fillJson(plan.auth, values, "--auth") as Record<string, unknown>),
		query: fillAll(plan.query, values),
		headers: fillAll({ ...plan.headers, ...plan.pathHeaders[path.name] }, values),
	};
}

/** The filled message template, or `payload` characters of one byte. */
function payloadOf(plan: Plan, values: TemplateValues): unknown {
	return plan.message === "" ? "x".repeat(plan.payload) : fillJson(plan.message, values, "--message");
}
