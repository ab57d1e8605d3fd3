/** The process of one node: told its options by the primary, says when it listens, ends when the primary is gone. */
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, EXIT } from "../../worker/command-line/command.ts";
import { ipcLink } from "../node/link.ts";
import { redisLink } from "../node/redis-link.ts";
import type { FromNode, ToNode } from "./messages.ts";
import { type RunningNode, startNode } from "./node.ts";

/** A client that does not answer the close of its connection must not hold the process, milliseconds. */
const STOP_LIMIT = 1_500;

let node: RunningNode | undefined;
let leaving = false;

// A terminal sends Ctrl-C to the whole group; the command stops its nodes itself, in order.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {
	if (leaving) process.exit(EXIT.interrupted);
	void drain();
});

process.on("message", (message: ToNode) => {
	if (message.say === "start") void start(message);
	if (message.say === "drain") void drain();
	if (message.say === "stop") void stop();
});

async function start({ options }: Extract<ToNode, { say: "start" }>): Promise<void> {
	try {
		node = await startNode(options, options.redis === null ? ipcLink() : await redisLink(options.redis));
		tell({ say: "listening", port: node.port, tlsPort: node.tlsPort });
	} catch (error) {
		const exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
		const text = error instanceof Error ? error.message : String(error);
		tell({ say: "failed", failure: { message: `node ${options.node}: ${text}`, exitCode } });
	}
}

async function drain(): Promise<void> {
	leaving = true;
	tell({ say: "draining", sessions: node?.edge.health().sessions ?? 0 });
	await node?.drain();
	await stop();
}

async function stop(): Promise<void> {
	await Promise.race([node?.stop(), sleep(STOP_LIMIT)]);
	process.exit(EXIT.ok);
}

function tell(message: FromNode): void {
	process.send?.(message);
}
