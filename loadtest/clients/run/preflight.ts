/** Before any load: does each target answer a Socket.IO client at all? */
import { CommandError } from "../../../worker/command-line/command.ts";
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Transport } from "../../record/result.ts";
import { joinRoom, roomOf } from "../activities/fanout.ts";
import { personaOf } from "../client/client-options.ts";
import { OpenFailure } from "../client/failure.ts";
import { openSession } from "../client/session.ts";

/** Seconds a target has for a session and one acknowledgement. */
const LIMIT = 5;

/** One session and one message to every address. Throws a CommandError that says what to do. */
export async function preflight(plan: Plan): Promise<void> {
	const transport = plan.transports.find((one) => one === "websocket") ?? plan.transports[0]!;
	for (const path of plan.paths)
		for (const [n] of path.urls.entries()) await tryOne(plan, { transport, path }, n);
	if (plan.transports.includes("flashsocket") && transport !== "flashsocket")
		for (const path of plan.paths) await tryOne(plan, { transport: "flashsocket", path }, 0);
}

async function tryOne(plan: Plan, group: LoadGroupPlan, n: number): Promise<void> {
	const persona = { ...personaOf(plan, group, n), connectTimeout: LIMIT, reconnection: false };
	const trusted = trustForFetch(plan, group.transport);
	try {
		const session = await openSession(persona);
		if (plan.activity === "fanout") await joinRoom(session, roomOf(plan, 0), LIMIT);
		session.socket.disconnect();
	} catch (error) {
		if (!(error instanceof OpenFailure)) throw error;
		throw new CommandError(`${persona.url} (${group.transport}): ${advise(error, plan)}`);
	} finally {
		trusted();
	}
}

/** Node's fetch takes no certificate option, only the environment; returns the way back. */
function trustForFetch(plan: Plan, transport: Transport): () => void {
	if (transport !== "polling-fetch" || !plan.insecure) return () => {};
	const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
	process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
	return () => {
		if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
		else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
	};
}

/** What the failure means and what mends it, in a line; for a missing `echo` the three lines to add below. */
export function advise(failure: OpenFailure, plan: Pick<Plan, "event">): string {
	const { kind, message } = failure;
	if (kind === "no_join")
		return `connected, but ${message}: fanout needs an application that answers join(room, ack) and room(room, payload, ack) (see loadtest/README.md).`;
	if (kind === "no_ack")
		return (
			`connected, but no answer to "${plan.event}" in ${LIMIT} s: name an event with --event (and --ack), use --probe connect, or add to the application\n` +
			`  io.on("connection", (socket) => {\n    socket.on("${plan.event}", (payload, ack) => ack(payload));\n  });`
		);
	if (kind === "tls") return `the certificate is refused (${message}): --insecure trusts any.`;
	if (kind === "connect_refused")
		return "nothing listens there (connection refused): start the target or mend the URL.";
	if (kind === "dns") return `the host name is not known (${message}): mend the URL.`;
	if (kind.startsWith("policy_"))
		return `${message}: start the target with a policy server, name its port by --policy-port, or leave out flashsocket.`;
	if (kind === "http_404") return "no Socket.IO there (404): name its path with --socket-path.";
	if (kind === "connection_reset")
		return `the server closed the connection (${message}): is it Socket.IO, and at that --socket-path?`;
	if (kind === "engine_5")
		return "the server speaks an older protocol (Socket.IO 2 or before); the swarm speaks 3 and later.";
	if (kind === "timeout") return `no Socket.IO session in ${LIMIT} s: is it a Socket.IO server, and alive?`;
	return `no Socket.IO session (${kind}: ${message}): mend the target first.`;
}
