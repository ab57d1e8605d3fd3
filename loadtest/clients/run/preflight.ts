/** Before any load: checks that each target answers a Socket.IO client. */
import { CommandError } from "../../../worker/command-line/command.ts";
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import { testNumber } from "../../plan/machine.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Transport } from "../../record/result.ts";
import { joinRoom, roomOf } from "../activities/fanout.ts";
import { clientOptions } from "../client/client-options.ts";
import { OpenFailure } from "../client/failure.ts";
import { openSession } from "../client/session.ts";

/** How long a target may take for a session and one acknowledgement. */
const LIMIT_S = 5;

/** Opens one session to every address and sends one message. Throws a CommandError that says what to do. */
export async function preflight(plan: Plan): Promise<void> {
	const transport = plan.transports.find((one) => one === "websocket") ?? plan.transports[0]!;
	for (const path of plan.paths)
		for (const [n] of path.urls.entries()) await check(plan, { transport, path }, n);
	if (plan.transports.includes("flashsocket") && transport !== "flashsocket")
		for (const path of plan.paths) await check(plan, { transport: "flashsocket", path }, 0);
}

async function check(plan: Plan, group: LoadGroupPlan, n: number): Promise<void> {
	const options = {
		...clientOptions(plan, group, testNumber(plan.machine, n)),
		connectTimeout: LIMIT_S,
		reconnection: false,
	};
	const restoreTrust = trustForFetch(plan, group.transport);
	try {
		const session = await openSession(options);
		if (plan.activity === "fanout") await joinRoom(session, roomOf(plan, 0), LIMIT_S);
		session.socket.disconnect();
	} catch (error) {
		if (!(error instanceof OpenFailure)) throw error;
		throw new CommandError(`${options.url} (${group.transport}): ${advise(error, plan)}`);
	} finally {
		restoreTrust();
	}
}

/** Node's fetch has no option for certificates, only an environment variable; returns a function that restores it. */
function trustForFetch(plan: Plan, transport: Transport): () => void {
	if (transport !== "polling-fetch" || !plan.insecure) return () => {};
	const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
	process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
	return () => {
		if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
		else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
	};
}

/** What the failure means and how to fix it, in one line; for a missing `echo` with the three lines to add. */
export function advise(failure: OpenFailure, plan: Pick<Plan, "event">): string {
	const { kind, message } = failure;
	if (kind === "no_join")
		return `connected, but ${message}; fanout needs an application that handles join(room, ack) and room(room, payload, ack) (see loadtest/README.md).`;
	if (kind === "no_ack")
		return (
			`connected, but no answer to "${plan.event}" in ${LIMIT_S} s; name an event with --event (and --ack), use --probe connect, or add to the application\n` +
			`  io.on("connection", (socket) => {\n    socket.on("${plan.event}", (payload, ack) => ack(payload));\n  });`
		);
	if (kind === "tls") return `the certificate is not trusted (${message}); use --insecure to trust any.`;
	if (kind === "connect_refused") return "connection refused; start the target or correct the URL.";
	if (kind === "dns") return `the host name cannot be resolved (${message}); correct the URL.`;
	if (kind.startsWith("policy_"))
		return `${message}; start a Flash policy server, give its port with --policy-port, or leave out flashsocket.`;
	if (kind === "http_404")
		return "no Socket.IO at this path (404); give the Engine.IO path with --socket-path.";
	if (kind === "connection_reset")
		return `the server closed the connection (${message}); check that it is a Socket.IO server with this --socket-path.`;
	if (kind === "engine_5")
		return "the server uses an older protocol (Socket.IO 2 or before); upgrade it to Socket.IO 3 or later.";
	if (kind === "timeout")
		return `no Socket.IO session in ${LIMIT_S} s; check that it is a Socket.IO server and is running.`;
	return `no Socket.IO session (${kind}: ${message}); fix the target first.`;
}
