/** Before any load: does each target answer a Socket.IO client at all? */
import { CommandError } from "../../worker/selfhost/command.ts";
import type { Plan } from "../plan/plan.ts";
import type { Transport } from "../record/result.ts";
import { OpenFailure } from "./failure.ts";
import { openSession } from "./session.ts";

/** Seconds a target has for a session and one acknowledgement. */
const LIMIT = 5;

/** One session and one message to every address. Throws a CommandError that says what to do. */
export async function preflight(plan: Plan): Promise<void> {
	const transport = plan.transports.includes("websocket") ? "websocket" : plan.transports[0]!;
	for (const { urls } of plan.paths) for (const url of urls) await tryOne(plan, url, transport);
	if (plan.transports.includes("flashsocket") && transport !== "flashsocket")
		for (const { urls } of plan.paths) await tryOne(plan, urls[0]!, "flashsocket");
}

async function tryOne(plan: Plan, url: string, transport: Transport): Promise<void> {
	const event = plan.probe === "echo" ? plan.event : null;
	const { socketPath, insecure, policyPort } = plan;
	const options = {
		url,
		transport,
		socketPath,
		insecure,
		policyPort,
		connectTimeout: LIMIT,
		event,
		payload: "",
	};
	try {
		const { socket } = await openSession(options);
		socket.disconnect();
	} catch (error) {
		if (!(error instanceof OpenFailure)) throw error;
		throw new CommandError(`${url} (${transport}): ${advise(error, plan)}`);
	}
}

/** What the failure means and what mends it, in a line; for a missing `echo` the three lines to add below. */
export function advise(failure: OpenFailure, plan: Pick<Plan, "event" | "policyPort">): string {
	const { kind, message } = failure;
	if (kind === "no_ack")
		return (
			`connected, but no acknowledgement of "${plan.event}" in ${LIMIT} s: name an event with --event, use --probe connect, or add to the application\n` +
			`  io.on("connection", (socket) => {\n    socket.on("${plan.event}", (payload, ack) => ack(payload));\n  });`
		);
	if (kind === "tls") return `the certificate is not trusted (${message}): --insecure trusts any.`;
	if (kind === "connect_refused")
		return "nothing listens there (connection refused): start the target or mend the URL.";
	if (kind === "dns") return `the host name is not known (${message}): mend the URL.`;
	if (kind.startsWith("policy_"))
		return `${message}: start the target with a policy server, name its port by --policy-port, or leave out flashsocket.`;
	if (kind === "http_404") return "no Socket.IO there (404): name its path with --socket-path.";
	if (kind === "timeout") return `no Socket.IO session in ${LIMIT} s: is it a Socket.IO server, and alive?`;
	return `no Socket.IO session (${kind}: ${message}): mend the target first.`;
}
