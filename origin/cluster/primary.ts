/**
 * The primary process: forks a process for each node, passes packets between them (cluster adapter), restarts
 * nodes that crash, and rolls them. It is a process of its own because `node:cluster` has one set of workers
 * per process, and a test, the demo or the stack may run several clusters.
 */
import cluster from "node:cluster";
import { fileURLToPath } from "node:url";
import { setupPrimary } from "@socket.io/cluster-adapter";
import { EXIT } from "../../worker/command-line/command.ts";
import { listen } from "../../worker/command-line/listen.ts";
import { flashPolicyServer } from "../demo/flash-policy.ts";
import { controlPort, serveControl } from "./control.ts";
import { type ClusterReady, type FromPrimary, failureOf, type ToPrimary } from "./messages.ts";
import type { ClusterPlan } from "./plan.ts";
import { createRoll } from "./roll.ts";
import { NodeSupervisor } from "./supervisor.ts";

/**
 * Node.js keeps the compiled code of the node processes here. With it, a node needs half the CPU time until it
 * listens; after a crash, the clients that reconnect need that time.
 */
const COMPILE_CACHE_FOLDER = fileURLToPath(new URL("../../node_modules/.cache/compile", import.meta.url));

/** A node that has not exited by then is killed. */
const STOP_TIMEOUT_MS = 2_000;

cluster.setupPrimary({
	exec: fileURLToPath(new URL("./node-process.ts", import.meta.url)),
	execArgv: [],
	args: [],
	// JSON would corrupt binary packets between nodes.
	serialization: "advanced",
});
setupPrimary();

let supervisors: NodeSupervisor[] = [];
let isStopping = false;

// Ctrl-C in a terminal signals the whole process group; the command then sends "stop".
process.on("SIGINT", () => {});
process.on("SIGTERM", () => void stop());
// The command has exited, so nobody else is left to stop the nodes.
process.on("disconnect", () => void stop());

process.on("message", (message: ToPrimary) => {
	if (message.type === "start") void start(message.plan);
	if (message.type === "stop") void stop();
});

async function start(plan: ClusterPlan): Promise<void> {
	try {
		send({ type: "ready", ready: await startNodes(plan) });
	} catch (error) {
		send({ type: "failed", failure: failureOf(error) });
	}
}

async function startNodes(plan: ClusterPlan): Promise<ClusterReady> {
	const env = { NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? COMPILE_CACHE_FOLDER };
	const host = { fork: () => cluster.fork(env).process, onChange: sendNodes, onGivenUp, warn };
	supervisors = plan.nodes.map((node) => new NodeSupervisor(node, host));
	const [policyPort, nodes] = await Promise.all([
		startFlashPolicy(plan),
		Promise.all(supervisors.map((supervisor) => supervisor.start())),
	]);
	const roll = createRoll(supervisors, plan.nodes[0]?.drain.wait ?? 0);
	await serveControl(controlPort(nodes), roll);
	return { nodes, policyPort };
}

function startFlashPolicy({ policyPort, host }: ClusterPlan): Promise<number> | null {
	return policyPort === null ? null : listen(flashPolicyServer(), host, policyPort, "--policy-port");
}

/** Exits once all nodes have exited, so that their ports are free again. */
async function stop(exitCode: number = EXIT.ok): Promise<void> {
	if (isStopping) return;
	isStopping = true;
	await Promise.all(supervisors.map((supervisor) => supervisor.stop(STOP_TIMEOUT_MS)));
	process.exit(exitCode);
}

function onGivenUp(): void {
	if (supervisors.every(({ hasGivenUp }) => hasGivenUp)) void stop(EXIT.failed);
}

function sendNodes(): void {
	send({ type: "nodes", nodes: supervisors.flatMap(({ node }) => node ?? []) });
}

function send(message: FromPrimary): void {
	if (process.connected) process.send?.(message);
}

function warn(line: string): void {
	process.stderr.write(`${line}\n`);
}
