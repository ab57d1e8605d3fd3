/** The process of one node: told its options by the primary, says when it listens, ends when the primary is gone. */
import { CommandError, EXIT } from "../worker/selfhost/command.ts";
import { useClusterAdapter } from "./adapter.ts";
import { type RunningNode, startNode } from "./node.ts";
import type { FromNode, ToNode } from "./protocol.ts";

// A terminal sends Ctrl-C to the whole group; the command stops its nodes itself, in order.
process.on("SIGINT", () => {});

let node: RunningNode | undefined;

process.on("message", (message: ToNode) => {
	if (message.say === "start") void start(message);
	if (message.say === "stop") void stop();
});

async function start({ options }: Extract<ToNode, { say: "start" }>): Promise<void> {
	try {
		node = await startNode(options, useClusterAdapter);
		tell({ say: "listening", port: node.port, tlsPort: node.tlsPort });
	} catch (error) {
		const exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
		const text = error instanceof Error ? error.message : String(error);
		tell({ say: "failed", failure: { message: `node ${options.node}: ${text}`, exitCode } });
	}
}

async function stop(): Promise<void> {
	await node?.stop();
	process.exit(EXIT.ok);
}

function tell(message: FromNode): void {
	process.send?.(message);
}
