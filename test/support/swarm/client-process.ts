/**
 * Opens one client of a plan (argv: JSON of its options) in a process with a worker's arguments, and reports which
 * classes and which build of socket.io-client it actually uses.
 */
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { NodeWebSocket, NodeXHR } from "socket.io-client";
import { clientOptions } from "../../../loadtest/clients/client/client-options.ts";
import { openSession } from "../../../loadtest/clients/client/session.ts";
import { LeanWebSocket } from "../../../loadtest/clients/transport/lean-websocket.ts";
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";

/** What the client is made of. */
export interface ClientFacts {
	/** The class of the Engine.IO transport in use at the end. */
	readonly transport: "LeanWebSocket" | "NodeWebSocket" | "NodeXHR" | "another";
	/** The folder of the socket.io-client build whose code delivered an answer. */
	readonly build: string | undefined;
	/** HTTP requests made, and those whose `reusedSocket` was replaced. */
	readonly requests: number;
	readonly replaced: number;
}

let requests = 0;
let replaced = 0;
subscribe("http.client.request.start", (message) => {
	const { request } = message as { request: ClientRequest };
	requests += 1;
	const property = Object.getOwnPropertyDescriptor(request, "reusedSocket");
	if (property?.get !== undefined) replaced += 1;
});

const plan = planFrom(JSON.parse(process.argv[2]!) as PlanOptions);
const { socket } = await openSession(clientOptions(plan, plan.groups[0]!, 0));
const stack = await new Promise<string>((resolve) => {
	socket.emit("echo", "", () => resolve(new Error("stack of an answer").stack ?? ""));
});
const { transport } = socket.io.engine;
const facts: ClientFacts = {
	transport: classOf(transport.constructor),
	build: /socket\.io-client\/build\/([^/]+)\//.exec(stack)?.[1],
	requests,
	replaced,
};
// A plain polling client repeats a poll that is cut, and would keep this process.
process.send!(facts, undefined, undefined, () => process.exit());

function classOf(used: unknown): ClientFacts["transport"] {
	if (used === NodeWebSocket) return "NodeWebSocket";
	if (used === NodeXHR) return "NodeXHR";
	// A flashsocket's class extends the WebSocket's.
	for (let base = used; typeof base === "function"; base = Object.getPrototypeOf(base))
		if (base === LeanWebSocket) return "LeanWebSocket";
		else if (base === NodeWebSocket) return "NodeWebSocket";
	return "another";
}
