/** The options of each client of a load group: its address, and its templates filled. */
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import { ownNumber } from "../../plan/machine.ts";
import { settingsFor } from "../../plan/path-settings.ts";
import { queryOf } from "../../plan/paths.ts";
import type { Plan } from "../../plan/plan.ts";
import { fill, fillAll, fillJson, fillObject, type TemplateValues } from "../../plan/template.ts";
import type { Message, SessionOptions } from "./session.ts";

/** The session that a client opens; `n` (from 0) is its number in its load group over all machines of the test. */
export function clientOptions(plan: Plan, { transport, path }: LoadGroupPlan, n: number): SessionOptions {
	const values = { n, path: path.name, transport, seed: plan.seed };
	const own = settingsFor(plan, path.name);
	const { sources } = plan;
	// Each machine uses all addresses, however many machines there are.
	const place = ownNumber(plan.machine, n);
	const target = path.urls[place % path.urls.length]!;
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
		message: plan.probe === "echo" ? messageOf(plan, values) : null,
		answers: { ack: plan.ack, ackMatch: plan.ackMatch },
		source: sources.length > 0 ? sources[place % sources.length]! : "",
		keepAlive: plan.pollingAgent === "keep-alive" || transport !== "polling",
		reconnection: plan.reconnection,
		namespace: fill(own.namespace, values),
		auth: own.auth === "" ? {} : fillObject(own.auth, values, "--auth"),
		query: fillAll({ ...queryOf(target), ...own.query }, values),
		headers: fillAll(own.headers, values),
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
