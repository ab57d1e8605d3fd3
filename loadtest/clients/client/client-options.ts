/** The options of each client of a load group: its address, and its templates filled. */
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import { settingsFor } from "../../plan/path-settings.ts";
import { queryOf } from "../../plan/paths.ts";
import type { Plan } from "../../plan/plan.ts";
import { fill, fillAll, fillJson, fillObject, type TemplateValues } from "../../plan/template.ts";
import type { SessionOptions } from "./session.ts";

/** The session that client `n` (from 0) of a load group opens. */
export function clientOptions(plan: Plan, { transport, path }: LoadGroupPlan, n: number): SessionOptions {
	const values = { n, path: path.name, transport, seed: plan.seed };
	const own = settingsFor(plan, path.name);
	const { sources } = plan;
	const target = path.urls[n % path.urls.length]!;
	const { origin, pathname } = new URL(target);
	return {
		url: `${origin}${pathname}`,
		transport,
		plain: plan.plainClient,
		socketPath: own.socketPath,
		insecure: own.insecure,
		tls: { ca: own.ca, cert: own.cert, key: own.key },
		resolve: own.resolve,
		cookies: plan.cookies,
		policyPort: own.policyPort,
		connectTimeout: plan.connectTimeout,
		ackTimeout: plan.ackTimeout,
		message:
			plan.probe === "echo" ? { event: plan.event, ack: plan.ack, payload: payloadOf(plan, values) } : null,
		source: sources.length > 0 ? sources[n % sources.length]! : "",
		keepAlive: plan.pollingAgent === "keep-alive" || transport !== "polling",
		reconnection: plan.reconnection,
		namespace: fill(own.namespace, values),
		auth: own.auth === "" ? {} : fillObject(own.auth, values, "--auth"),
		query: fillAll({ ...queryOf(target), ...own.query }, values),
		headers: fillAll(own.headers, values),
	};
}

/** The filled message template, or `payload` characters of one byte. */
function payloadOf(plan: Plan, values: TemplateValues): unknown {
	return plan.message === "" ? "x".repeat(plan.payload) : fillJson(plan.message, values, "--message");
}
