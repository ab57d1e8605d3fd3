/**
 * The process above the nodes: forks one process for each, carries packets between them (cluster adapter)
 * and tells the command that started it. A process of its own, because `node:cluster` has one set of
 * workers per process and a test, the demo or the stack may hold several clusters.
 */
import cluster, { type Worker } from "node:cluster";
import { fileURLToPath } from "node:url";
import { setupPrimary } from "@socket.io/cluster-adapter";
import { CommandError, EXIT } from "../worker/selfhost/command.ts";
import { flashPolicyServer } from "./flash-policy.ts";
import { listen } from "./listen.ts";
import type {
	ClusterNode,
	ClusterPlan,
	FromNode,
	FromPrimary,
	NodeOptions,
	ToNode,
	ToPrimary,
} from "./protocol.ts";

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

// A terminal sends Ctrl-C to the whole group; the command says when to stop.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => void stop());
// The command is gone: nobody is left to stop the nodes. They end when this process does.
process.on("disconnect", () => process.exit(EXIT.ok));

process.on("message", (message: ToPrimary) => {
	if (message.say === "start") void start(message.plan);
	else void stop();
});

async function start(plan: ClusterPlan): Promise<void> {
	try {
		const [policyPort, nodes] = await Promise.all([
			startPolicy(plan),
			Promise.all(plan.nodes.map((options) => startWorker(options))),
		]);
		tell({ say: "ready", nodes, policyPort });
	} catch (error) {
		const exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
		tell({ say: "failed", failure: { message: (error as Error).message, exitCode } });
	}
}

/** Resolves never: ends this process once all nodes are gone, so that their ports are free again. */
async function stop(): Promise<void> {
	const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
	const gone = workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve)));
	for (const worker of workers) worker.send({ say: "stop" } satisfies ToNode, () => {});
	const patience = setTimeout(() => {
		for (const worker of workers) worker.process.kill("SIGKILL");
	}, STOP_LIMIT);
	await Promise.all(gone);
	clearTimeout(patience);
	process.exit(EXIT.ok);
}

function startPolicy(plan: ClusterPlan): Promise<number> | null {
	if (plan.policyPort === null) return null;
	return listen(flashPolicyServer(), plan.host, plan.policyPort, "--policy-port");
}

function startWorker(options: NodeOptions): Promise<ClusterNode> {
	const worker = cluster.fork();
	worker.send({ say: "start", options } satisfies ToNode);
	return new Promise((resolve, reject) => {
		worker.on("message", (message: FromNode) => {
			if (message.say === "listening") resolve(describe(options, worker, message.port, message.tlsPort));
			if (message.say === "failed")
				reject(new CommandError(message.failure.message, message.failure.exitCode));
		});
		worker.once("exit", (code, signal) =>
			reject(new CommandError(`node ${options.node} ended before it listened (${signal ?? `exit ${code}`})`)),
		);
	});
}

function describe(options: NodeOptions, worker: Worker, port: number, tlsPort: number | null): ClusterNode {
	const host = options.host.includes(":") ? `[${options.host}]` : options.host;
	return {
		id: options.node,
		url: `http://${host}:${port}`,
		tlsUrl: tlsPort === null ? null : `https://${host}:${tlsPort}`,
		pid: worker.process.pid ?? 0,
	};
}

function tell(message: FromPrimary): void {
	process.send?.(message);
}
