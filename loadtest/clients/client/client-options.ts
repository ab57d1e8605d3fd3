/** The options of each client of a load group: its address, and its templates filled. */
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import { ownNumber } from "../../plan/machine.ts";
import { settingsFor } from "../../plan/path-settings.ts";
import { queryOf } from "../../plan/paths.ts";
import type { TemplateValues } from "../../plan/placeholders.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Row } from "../../plan/rows.ts";
import type { ScenarioCode, SessionContext, SetupSocket } from "../../plan/scenario.ts";
import { fill, fillAll, fillJson, fillObject } from "../../plan/template.ts";
import { type Inputs, NO_INPUTS } from "./inputs.ts";
import { ownFailure } from "./own-code.ts";
import type { Message, SessionOptions } from "./session.ts";

/** The session that a client opens; `n` (from 0) is its number in its load group over all machines of the test. */
export function clientOptions(
	plan: Plan,
	group: LoadGroupPlan,
	n: number,
	{ code, rows, parser }: Inputs = NO_INPUTS,
): SessionOptions {
	const { transport, path } = group;
	const row = rowOf(plan, group, n, rows);
	const values = { n, path: path.name, transport, seed: plan.seed, row };
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
		message: sendsFirst(plan) ? messageOf(plan, values, code) : null,
		answers: { ack: plan.ack, ackMatch: plan.ackMatch },
		source: sources.length > 0 ? sources[place % sources.length]! : "",
		keepAlive: plan.pollingAgent === "keep-alive" || transport !== "polling",
		reconnection: plan.reconnection,
		namespace: fill(own.namespace, values),
		auth: own.auth === "" ? {} : fillObject(own.auth, values, "--auth"),
		query: fillAll({ ...queryOf(target), ...own.query }, values),
		headers: fillAll(own.headers, values),
		parser,
		session: code.session === undefined ? null : async (fetch) => code.session!(contextOf(fetch)),
		setup:
			code.setup === undefined
				? null
				: async (socket, fetch) => {
						await code.setup!(socket as SetupSocket, contextOf(fetch));
					},
		row,
	};

	function contextOf(own: typeof fetch): SessionContext {
		return { n, row, path: path.name, transport, url: target, fetch: own };
	}
}

/** A client's own row: each session of the test has one. */
export function rowOf(plan: Plan, group: LoadGroupPlan, n: number, rows: readonly Row[]): Row {
	return rows[plan.groups.indexOf(group) * plan.clients + n] ?? {};
}

/** Flows have messages of their own, and who listens sends none. */
function sendsFirst({ probe, activity }: Plan): boolean {
	return probe === "echo" && activity !== "flow" && activity !== "listen";
}

/** The message of the scenario's code, of `--args` or `--message`, or `payload` bytes or characters of one byte. */
function messageOf(plan: Plan, values: TemplateValues, code: ScenarioCode): Message {
	const { event, args, message, payload, binary } = plan;
	const { n, row = {} } = values;
	const { args: argsBy, message: messageBy } = code;
	if (argsBy !== undefined) return ownMessage(event, "args", (seq) => argsBy(n, seq, row));
	if (messageBy !== undefined) return ownMessage(event, "message", (seq) => [messageBy(n, seq, row)]);
	if (binary) return always(event, [Buffer.alloc(payload, "x")]);
	const template = args === "" ? message : args;
	const filled = (seq: number): unknown[] => {
		if (args !== "") return fillJson(args, { ...values, seq }, "--args") as unknown[];
		return [message === "" ? "x".repeat(payload) : fillJson(message, { ...values, seq }, "--message")];
	};
	return template.includes("{seq}") ? { event, args: filled } : always(event, filled(0));
}

/** A message that the scenario's code makes: its errors name the function. */
function ownMessage(
	event: string,
	by: "message" | "args",
	make: (seq: number) => readonly unknown[],
): Message {
	return {
		event,
		by,
		args: (seq) => {
			try {
				const made: unknown = make(seq);
				if (!Array.isArray(made)) throw new Error("it returned no array");
				// JSON would make {} of it.
				if (made.some((arg) => arg instanceof Promise))
					throw new Error("it returned a promise; make what takes time in session() or setup()");
				return made;
			} catch (error) {
				throw ownFailure(by, error);
			}
		},
	};
}

function always(event: string, args: readonly unknown[]): Message {
	return { event, args: () => args };
}
