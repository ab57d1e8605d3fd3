/** The process of one node: starts, drains and stops it as the primary asks, and exits when the primary has. */
import module from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, EXIT } from "../../worker/command-line/command.ts";
import { ipcLink, type Link } from "../node/link.ts";
import { type FromNode, failureOf, type ToNode } from "./messages.ts";
import { type RunningNode, startNode } from "./node.ts";
import type { NodePlan } from "./plan.ts";

/** A client that does not answer the close of its connection must not keep the process running longer. */
const STOP_TIMEOUT_MS = 1_500;

let node: RunningNode | undefined;
let isDraining = false;

// Ctrl-C in a terminal signals the whole process group; the primary then stops its nodes.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {
	if (isDraining) process.exit(EXIT.interrupted);
	void drain();
});

process.on("message", (message: ToNode) => {
	if (message.type === "start") void start(message.plan);
	if (message.type === "drain") void drain();
	if (message.type === "stop") void stop();
});

async function start(plan: NodePlan): Promise<void> {
	try {
		node = await startNode(plan, await linkOf(plan));
		send({ type: "ready", ready: { port: node.port, tlsPort: node.tlsPort } });
		// Node.js would do this at exit, which a killed node does not reach.
		module.flushCompileCache();
	} catch (error) {
		send({ type: "failed", failure: failureOf(error, `node ${plan.node}: `) });
	}
}

async function linkOf({ redis }: NodePlan): Promise<Link> {
	if (redis === null) return ipcLink();
	// Its 650 modules take longer to load than the rest of the node.
	const { redisLink } = await import("../node/redis-link.ts");
	return redisLink(redis).catch((error: Error) => {
		throw new CommandError(`--redis ${error.message}; start Redis there, or give another URL`);
	});
}

async function drain(): Promise<void> {
	isDraining = true;
	send({ type: "draining", sessions: node?.edge.health().sessions ?? 0 });
	await node?.drain();
	await stop();
}

async function stop(): Promise<void> {
	await Promise.race([node?.stop(), sleep(STOP_TIMEOUT_MS)]);
	process.exit(EXIT.ok);
}

function send(message: FromNode): void {
	process.send?.(message);
}
