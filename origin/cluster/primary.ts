/**
 * The process above the nodes: forks one process for each, carries packets between them (cluster adapter),
 * starts a crashed one again and rolls them all. A process of its own, because `node:cluster` has one set of
 * workers per process and a test, the demo or the stack may hold several clusters.
 */
import cluster from "node:cluster";
import { fileURLToPath } from "node:url";
import { setupPrimary } from "@socket.io/cluster-adapter";
import { CommandError, EXIT } from "../../worker/command-line/command.ts";
import { listen } from "../../worker/command-line/listen.ts";
import { flashPolicyServer } from "../demo/flash-policy.ts";
import { serveControl } from "./control.ts";
import type { ClusterPlan, Failure, FromPrimary, ToPrimary } from "./messages.ts";
import { rollOver } from "./roll.ts";
import { Slot } from "./supervisor.ts";

/** A node that has not ended by itself is killed after this, milliseconds. */
const STOP_LIMIT = 2_000;

cluster.setupPrimary({
	exec: fileURLToPath(new URL("./node-process.ts", import.meta.url)),
	execArgv: [],
	args: [],
	// JSON would break binary packets on their way to another node.
	serialization: "advanced",
});
setupPrimary();

let slots: Slot[] = [];
let stopping = false;

// A terminal sends Ctrl-C to the whole group; the command says when to stop.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => void stop());
// The command is gone: nobody else is left to stop the nodes.
process.on("disconnect", () => void stop());

process.on("message", (message: ToPrimary) => {
	if (message.say === "start") void start(message.plan);
	if (message.say === "stop") void stop();
	if (message.say === "roll") void roll();
});

let roll: () => Promise<void> = async () => {};

async function start(plan: ClusterPlan): Promise<void> {
	const host = { fork: () => cluster.fork(), changed: tellNodes, gaveUp: endWithoutNodes, warn };
	slots = plan.nodes.map((options) => new Slot(options, host));
	try {
		const [policyPort, nodes] = await Promise.all([
			startPolicy(plan),
			Promise.all(slots.map((slot) => slot.start())),
		]);
		const over = rollOver(slots, plan.nodes[0]?.drain.wait ?? 0);
		roll = () => over(new AbortController().signal, tell);
		if (plan.control) await serveControl(Number(new URL(nodes[0]?.url ?? "").port), over);
		tell({ say: "ready", nodes, policyPort });
	} catch (error) {
		tell({ say: "failed", failure: asFailure(error) });
	}
}

/** Ends this process once all nodes are gone, so that their ports are free again. */
async function stop(exitCode: number = EXIT.ok): Promise<void> {
	if (stopping) return;
	stopping = true;
	await Promise.all(slots.map((slot) => slot.stop(STOP_LIMIT)));
	process.exit(exitCode);
}

function endWithoutNodes(): void {
	if (slots.every((slot) => slot.givenUp)) void stop(EXIT.failed);
}

function startPolicy(plan: ClusterPlan): Promise<number> | null {
	if (plan.policyPort === null) return null;
	return listen(flashPolicyServer(), plan.host, plan.policyPort, "--policy-port");
}

function tellNodes(): void {
	tell({ say: "nodes", nodes: slots.flatMap((slot) => slot.node ?? []) });
}

function tell(message: FromPrimary): void {
	if (process.connected) process.send?.(message);
}

function warn(line: string): void {
	process.stderr.write(`${line}\n`);
}

function asFailure(error: unknown): Failure {
	const exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
	return { message: (error as Error).message, exitCode };
}
