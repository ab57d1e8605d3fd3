/** The options of each client of a load group: its address, and its templates filled. */
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import { ownNumber } from "../../plan/machine.ts";
import type { Plan } from "../../plan/plan.ts";
import { fill, fillAll, fillJson, type TemplateValues } from "../../plan/template.ts";
import type { Message, SessionOptions } from "./session.ts";

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
		message: plan.probe === "echo" ? messageOf(plan, values) : null,
		answers: { ack: plan.ack, ackMatch: plan.ackMatch },
		source: sources.length > 0 ? sources[own % sources.length]! : "",
		keepAlive: plan.pollingAgent === "keep-alive" || transport !== "polling",
		reconnection: plan.reconnection,
		namespace: fill(plan.namespace, values),
		auth: plan.auth === "" ? {} : (fillJson(plan.auth, values, "--auth") as Record<string, unknown>),
		query: fillAll(plan.query, values),
		headers: fillAll({ ...plan.headers, ...plan.pathHeaders[path.name] }, values),
	};
}

/** The message of `--args` or `--message`, or `payload` characters of one byte. */
function messageOf({ event, args, message, payload }: Plan, values: TemplateValues): Message {
	const template = args === "" ? message : args;
	const filled = (seq: number): unknown[] => {
		if (args !== "") return fillJson(args, { ...values, seq }, "--args") as unknown[];
		return [message === "" ? "x".repeat(payload) : fillJson(message, { ...values, seq }, "--message")];
	};
	if (template.includes("{seq}")) return { event, args: filled };
	const always = filled(0);
	return { event, args: () => always };
}
